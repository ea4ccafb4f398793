using Certctl.Core.Domain.Names;

namespace Certctl.UnitTests.Domain.Names;

public class SubjectAltNameTests
{
    [Theory]
    [InlineData("www.example.com", SanType.Dns, "www.example.com")]
    [InlineData("10.1.2.3", SanType.Ip, "10.1.2.3")]
    [InlineData("2001:DB8:0:0::1", SanType.Ip, "2001:db8::1")]
    [InlineData("Bob@Example.com", SanType.Email, "Bob@example.com")]
    [InlineData("spiffe://example.test/ns/a", SanType.Uri, "spiffe://example.test/ns/a")]
    [InlineData("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", SanType.Uri, "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    public void The_type_is_told_by_the_form(string text, SanType type, string value)
    {
        Assert.True(SubjectAltName.TryParse(text, out var name, out var error), error);
        Assert.Equal((type, value), (name.Type, name.Value));
    }

    [Theory]
    [InlineData(SanType.Ip, "010.1.2.3")]
    [InlineData(SanType.Ip, "1.2.3")]
    [InlineData(SanType.Ip, "0x7f.0.0.1")]
    [InlineData(SanType.Ip, "1")]
    [InlineData(SanType.Ip, "[::1]")]
    [InlineData(SanType.Ip, "[::1]:443")]
    [InlineData(SanType.Ip, "fe80::1%eth0")]
    [InlineData(SanType.Ip, "::ffff:10.0.0.1")]
    [InlineData(SanType.Ip, "www.example.com")]
    [InlineData(SanType.Ip, "")]
    [InlineData(SanType.Email, "example.com")]
    [InlineData(SanType.Email, "@example.com")]
    [InlineData(SanType.Email, "a@b@example.com")]
    [InlineData(SanType.Email, "a b@example.com")]
    [InlineData(SanType.Email, "a@*.example.com")]
    [InlineData(SanType.Email, "\"a\"@example.com")]
    [InlineData(SanType.Uri, "/etc/passwd")]
    [InlineData(SanType.Uri, "example.com")]
    [InlineData(SanType.Uri, "https://exämple.com/")]
    [InlineData(SanType.Uri, "https://example.com/ a")]
    [InlineData(SanType.Uri, "")]
    public void What_is_not_a_name_of_its_type_is_refused(SanType type, string text)
    {
        Assert.False(SubjectAltName.TryParse(type, text, out var name, out var error));
        Assert.Null(name);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_repeats_hostile_text_bounded_and_without_control_characters()
    {
        Assert.False(SubjectAltName.TryParse("\u001b[31m\r\n" + new string('x', 100_000), out _, out var error));
        Assert.True(error.Length < 300);
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Fact]
    public void Random_text_is_parsed_or_refused_but_never_throws()
    {
        var random = new Random(7);
        const string alphabet = "a1.-*:@/[]%xn é\0";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            foreach (var type in Enum.GetValues<SanType>())
                if (SubjectAltName.TryParse(type, text, out var name, out _))
                    Assert.True(SubjectAltName.TryParse(type, name.Value, out var again, out _) && again == name);
        }
    }
}

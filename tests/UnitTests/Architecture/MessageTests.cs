using System.Reflection;
using System.Text.RegularExpressions;
using Certctl.Contracts;
using Certctl.Core.Hosting;
using MassTransit;

namespace Certctl.UnitTests.Architecture;

public sealed partial class MessageTests
{
    private static readonly IReadOnlyList<Type> Consumers =
        [.. SourceTree.Assemblies.SelectMany(a => a.GetTypes()).Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IConsumer).IsAssignableFrom(t))];

    [Fact]
    public void Consumer_names_are_unique_since_queues_drop_the_namespace()
    {
        Assert.NotEmpty(Consumers);
        Assert.Empty(Consumers.GroupBy(c => c.Name).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Every_queue_of_a_command_has_a_constant_and_a_consumer_of_its_name()
    {
        var documented = SourceTree.Sources("src/Contracts").SelectMany(s => Queue().Matches(s.Text)).Select(m => m.Groups["name"].Value).Order().ToList();
        Assert.Equal(documented, typeof(Queues).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order());
        Assert.Empty(documented.Except(Consumers.Select(c => KebabCaseEndpointNameFormatter.Instance.SanitizeName(c.Name.Replace("Consumer", "", StringComparison.Ordinal)))));
    }

    [Fact]
    public void Messages_are_records_that_hold_data_only()
    {
        var messages = typeof(StartBulkRenewal).Assembly.GetExportedTypes().Where(t => t is { IsClass: true, IsAbstract: false }).ToList();
        Assert.NotEmpty(messages);
        Assert.All(messages, message =>
        {
            Assert.NotNull(message.GetMethod("<Clone>$"));
            Assert.Equal(typeof(object), message.BaseType);
            Assert.DoesNotMatch("(Command|Event|Message|Dto)$", message.Name);
        });
    }

    [GeneratedRegex(@"Queue: <c>(?<name>[a-z0-9-]+)</c>")]
    private static partial Regex Queue();
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Certctl.IntegrationTests.Fuzzing;

/// <summary>Writes bodies that follow a schema of the OpenAPI document most of the way.</summary>
internal sealed class JsonFuzzer(JsonElement schemas, IReadOnlyList<string> known)
{
    private static readonly string[] Hostile =
    [
        "null", "true", "0", "-1", "2147483648", "-9223372036854775809", "1e308", "1e999", "0.1", "[]", "{}", "[[[]]]", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\u202e\"", "\"a\\nb\"", "\"'; DROP TABLE agents; --\"", "\"%s%n\"", "\"../../etc/passwd\"", "\"-----BEGIN CERTIFICATE-----\"", "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"", "\"2026-02-30T00:00:00Z\"", "\"xn--a\"", "\"*.*.example.test\"", "\"\uD83D\uDE00\"", "[null]", "{\"a\":{\"a\":{\"a\":1}}}",
    ];

    public byte[] Body(JsonElement schema, Random random)
    {
        var text = new StringBuilder();
        Write(text, schema, "", random, 0);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return random.Next(5) == 0 ? Mangled(bytes, random) : bytes;
    }

    /// <summary>A text for a field or parameter of this name: now and then one that is there.</summary>
    public string Text(string name, Random random) => random.Next(4) switch
    {
        0 => known[random.Next(known.Count)],
        1 => known.Where(k => name.StartsWith(k.Split('-')[0], StringComparison.Ordinal)).FirstOrDefault(known[0]),
        2 => $"fuzz-{random.Next(1000)}",
        _ => random.Next(6) switch
        {
            0 => new string('a', random.Next(1, 5000)),
            1 => "\u00e9\u4e2d\uD83D\uDE00",
            2 => "fuzz.example.test",
            3 => TimeProvider.System.GetUtcNow().AddDays(random.Next(-400, 400)).ToString("O", CultureInfo.InvariantCulture),
            4 => "-1",
            _ => ((char)random.Next(1, 0xd800)).ToString(),
        },
    };

    private void Write(StringBuilder to, JsonElement schema, string name, Random random, int depth)
    {
        schema = Resolved(schema);
        if (depth > 6 || random.Next(8) == 0) to.Append(HostileValue(random));
        else if (schema.TryGetProperty("properties", out var properties)) WriteObject(to, properties, random, depth);
        else if (schema.TryGetProperty("enum", out var values) && random.Next(3) != 0) to.Append(values[random.Next(values.GetArrayLength())].GetRawText());
        else WriteOfType(to, schema, name, random, depth);
    }

    private void WriteObject(StringBuilder to, JsonElement properties, Random random, int depth)
    {
        var members = properties.EnumerateObject().Where(_ => random.Next(5) != 0).ToList();
        if (random.Next(20) == 0 && members.Count > 0) members.Add(members[0]);
        to.Append('{');
        foreach (var (index, member) in members.Index())
        {
            to.Append(index == 0 ? "" : ",").Append(JsonSerializer.Serialize(random.Next(200) == 0 ? "nonsense" : member.Name)).Append(':');
            Write(to, member.Value, member.Name, random, depth + 1);
        }

        to.Append('}');
    }

    private void WriteOfType(StringBuilder to, JsonElement schema, string name, Random random, int depth)
    {
        var type = schema.TryGetProperty("type", out var types) ? types.ToString() : "";
        if (type.Contains("array", StringComparison.Ordinal))
        {
            var count = random.Next(10) == 0 ? random.Next(200) : random.Next(4);
            to.Append('[');
            for (var i = 0; i < count; i++)
            {
                if (i > 0) to.Append(',');
                if (schema.TryGetProperty("items", out var items)) Write(to, items, name, random, depth + 1);
                else to.Append(HostileValue(random));
            }

            to.Append(']');
        }
        else if (type.Contains("boolean", StringComparison.Ordinal)) to.Append(random.Next(2) == 0 ? "true" : "false");
        else if (type.Contains("integer", StringComparison.Ordinal) || type.Contains("number", StringComparison.Ordinal)) to.Append(random.Next(3) == 0 ? random.Next() : random.Next(-2, 400));
        else if (schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object)
        {
            to.Append('{').Append(JsonSerializer.Serialize(Text(name, random))).Append(':');
            Write(to, any, name, random, depth + 1);
            to.Append('}');
        }
        else to.Append(JsonSerializer.Serialize(Text(name, random)));
    }

    private JsonElement Resolved(JsonElement schema)
    {
        for (var hops = 0; hops < 5; hops++)
        {
            if (schema.TryGetProperty("$ref", out var reference)) schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
            else if (schema.TryGetProperty("oneOf", out var several) || schema.TryGetProperty("anyOf", out several)) schema = several[several.GetArrayLength() - 1];
            else break;
        }

        return schema;
    }

    private static string HostileValue(Random random) => random.Next(20) switch
    {
        0 => new string('[', 500),
        1 => $"\"{new string('x', 20_000)}\"",
        _ => Hostile[random.Next(Hostile.Length)],
    };

    private static byte[] Mangled(byte[] bytes, Random random)
    {
        var (from, to) = (random.Next(bytes.Length + 1), random.Next(bytes.Length + 1));
        if (from > to) (from, to) = (to, from);
        switch (random.Next(4))
        {
            case 0: return bytes[..to];
            case 1: return [.. bytes[..from], .. bytes[to..]];
            case 2: return [.. bytes[..to], .. bytes[from..]];
            default:
                for (var i = random.Next(1, 5); i > 0 && bytes.Length > 0; i--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }
}

using System.Text.Json;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Npgsql;

namespace Certctl.AcmeService.Accounts;

/// <summary>The account object (RFC 8555 7.1.2) as it is now.</summary>
public sealed class AccountView(NpgsqlDataSource database)
{
    public async Task<AcmeAnswer> AnswerAsync(int status, AcmeUrls urls, string accountId, CancellationToken cancellationToken, bool withLocation = false)
    {
        await using var command = database.CreateCommand("SELECT status, contact, terms_agreed_at IS NOT NULL, external_account_binding FROM acme_accounts WHERE account_id = $1");
        command.Parameters.Text(accountId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return Problems.AccountDoesNotExist("There is no such account.");
        var state = reader.GetString(0);
        // RFC 8555 7.3.6: a deactivated account is not there any more for its key, and its key opens no other.
        if (withLocation && state != "valid") return Problems.Unauthorized($"The account of this key is {state}.");
        var account = new Account(state, reader.GetFieldValue<string[]>(1), reader.GetBoolean(2) ? true : null, urls.Orders(accountId),
            reader.TextOrNull(3) is { } binding ? JsonElement.Parse(binding) : null);
        return AcmeAnswer.Json(status, Wire.Serialize(account)) with { Location = withLocation ? urls.Account(accountId) : null };
    }
}

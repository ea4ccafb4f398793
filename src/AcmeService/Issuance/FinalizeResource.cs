using System.Security.Cryptography;
using System.Text;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.Validation.Caa;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Names;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.Issuance;

/// <summary>finalize (RFC 8555 7.4). A CSR that is wrong is badCSR and leaves the order ready.</summary>
public sealed class FinalizeResource(OrderStore orders, Recent<OrderRow> recentOrders, OrderIssuance issuance, CaaRecheck caa, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<FinalizeResource>("finalize_order", "/order/{id}/finalize", KeyUse.Kid, PayloadUse.Json, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (Wire.Read<Finalize>(request.Payload, out var payload) is { } unreadable) return unreadable;
        if (StrictBase64Url.Decode(payload.Csr) is not { } der) return Problems.BadCsr("csr is not base64url without padding.");
        var (csr, error) = CertificateSigningRequest.FromDer(der);
        var order = RecentlyReady(request) ?? await orders.FindAsync(request.Id, request.Account.Id, request.Profile.Id, cancellationToken);
        if (order is null) return Problems.NotFound("order");
        if (order.StatusAt(time.GetUtcNow()) != AcmeOrderStatus.Ready) return await NotReadyAsync(request, order, der, cancellationToken);
        if (csr is null) return Problems.BadCsr(Sentence(error!.Message));
        if (order.Variant is { } variant && !request.Profile.AcmeVariants.ContainsKey(variant))
            return Problems.InvalidProfile($"The directory does not offer {variant} any more; place a new order.");
        IReadOnlyList<SubjectAltName> names = [.. order.Identifiers.Select(NameOf)];
        if (CsrProblem(request, names, csr) is { } refused) return refused;
        if (await caa.RefuseAsync(request, order, cancellationToken) is { } forbidden) return forbidden;
        if (ValidityOf(request, order, out var validity) is { } over) return over;
        if (await issuance.IssueAsync(new OrderToIssue(order, request, names, csr, der, validity), cancellationToken) is { } versionId)
            return (order with { Status = AcmeOrderStatus.Valid, VersionId = versionId }).Answer(200, request.Urls, time.GetUtcNow());
        return await WhyNotAsync(request, csr, der, cancellationToken);
    }

    /// <summary>Ready then, and maybe not any more: that is held against its row when it is written.</summary>
    private OrderRow? RecentlyReady(SignedRequest request) =>
        recentOrders.Take(request.Id, request.Account.Id, request.Profile.Id) is { Status: AcmeOrderStatus.Ready } order ? order : null;

    private async Task<AcmeAnswer> WhyNotAsync(SignedRequest request, CertificateSigningRequest csr, byte[] der, CancellationToken cancellationToken)
    {
        var (order, isAccountKey) = await orders.FindAsync(
            request.Id, request.Account.Id, request.Profile.Id, JwkThumbprint.Of(csr.PublicKey), cancellationToken);
        if (order is null) return Problems.NotFound("order");
        // RFC 8555 11.1: no account's key, whoever it is.
        return isAccountKey && order.StatusAt(time.GetUtcNow()) == AcmeOrderStatus.Ready
            ? Problems.BadCsr("The key of the certificate must not be the key of an account.")
            : await NotReadyAsync(request, order, der, cancellationToken);
    }

    /// <summary>The same request again gets the order as it is: its first answer may have been lost.</summary>
    private async Task<AcmeAnswer> NotReadyAsync(SignedRequest request, OrderRow order, byte[] csr, CancellationToken cancellationToken) => order.StatusAt(time.GetUtcNow()) switch
    {
        AcmeOrderStatus.Pending => Problems.OrderNotReady("The order is pending: its authorizations are not all valid yet."),
        // Its turn has not come within the patience, but will: the same request again gets its certificate.
        AcmeOrderStatus.Ready => Problems.Unavailable("The order waits for its turn; finalize it again."),
        AcmeOrderStatus.Invalid when order.RenewalId is null => Problems.OrderNotReady("The order is invalid."),
        var status => await issuance.WasForAsync(order.OrderId, csr, cancellationToken)
            ? order.Answer(200, request.Urls, time.GetUtcNow())
            : Problems.OrderNotReady($"The order is {status.ToString().ToLowerInvariant()}, with another certificate signing request."),
    };

    /// <param name="validity">What the order asks for, within its variant; null leaves it to the profile.</param>
    private AcmeProblem? ValidityOf(SignedRequest request, OrderRow order, out Validity? validity)
    {
        validity = null;
        if (order is { NotBefore: null, NotAfter: null, Variant: null }) return null;
        var longest = TimeSpan.FromSeconds(order.Variant is null ? request.Profile.MaxTtlSeconds : request.Profile.AcmeVariants[order.Variant].MaxTtlSeconds);
        validity = Validity.Of(order.NotBefore, order.NotAfter, time.GetUtcNow(), longest);
        return validity is null
            ? Problems.Malformed("The validity that the order asks for is over, or longer than the profile allows by now; place a new order.")
            : null;
    }

    private static AcmeProblem? CsrProblem(SignedRequest request, IReadOnlyList<SubjectAltName> names, CertificateSigningRequest csr)
    {
        if (!csr.Names.ToHashSet().SetEquals(names))
            return Problems.BadCsr("The names of the certificate signing request, common name and every kind of alternative name included, are not the order's.");
        return ProfileKeys.Allows(request.Profile, csr.PublicKey)
            ? null
            : Problems.BadCsr($"The profile does not allow {csr.PublicKey.Algorithm} keys of {csr.PublicKey.Size} bits.");
    }

    private static SubjectAltName NameOf(Identifier identifier) =>
        SubjectAltName.TryParse(identifier.Type == Identifier.Ip ? SanType.Ip : SanType.Dns, identifier.Value, out var name, out var error)
            ? name
            : throw new InvalidOperationException($"A stored identifier is not valid: {error}");

    private static string Sentence(string text) => text.EndsWith('.') ? text : char.ToUpperInvariant(text[0]) + text[1..] + ".";
}

/// <summary>An order whose CSR was checked.</summary>
public sealed class OrderToIssue(
    OrderRow order, SignedRequest request, IReadOnlyList<SubjectAltName> names, CertificateSigningRequest csr, byte[] der, Validity? validity)
{
    public OrderRow Order => order;

    public SignedRequest Request => request;

    public IReadOnlyList<SubjectAltName> Names => names;

    public CertificateSigningRequest Csr => csr;

    /// <summary>The same account asking for the same names means the same managed certificate.</summary>
    public string CertificateId { get; } = "mc-acme-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{request.Account.Id}\n{string.Join('\n', names.Select(n => $"{n.Type}:{n.Value}").Order(StringComparer.Ordinal))}"))[..16]);

    /// <summary>What it asks for, which was checked; null leaves it to the profile.</summary>
    public Validity? Validity => validity;

    /// <summary>The version that was issued, once it is; null until then.</summary>
    public string? VersionId { get; set; }

    /// <summary>The first host name, or the first address when there is none.</summary>
    public string CommonName => (Names.FirstOrDefault(n => n.Type == SanType.Dns) ?? Names[0]).Value;

    /// <summary>The certificate's, for people: its first name, and enough of its id to be unique.</summary>
    public string Name => $"{(CommonName.Length > 200 ? CommonName[..200] : CommonName)} {CertificateId[^32..]}";

    /// <summary>RFC 7638, of the key that is to be certified.</summary>
    public string KeyThumbprint => JwkThumbprint.Of(Csr.PublicKey);

    public string CsrPem => PemEncoding.WriteString("CERTIFICATE REQUEST", der);
}

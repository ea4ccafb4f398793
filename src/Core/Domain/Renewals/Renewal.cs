namespace Certctl.Core.Domain.Renewals;

/// <summary>One unit of work: a certificate gets one new version, or a recorded failure.</summary>
public sealed class Renewal
{
    public required string Id { get; init; }
    public required string CertificateId { get; init; }
    public string? BulkRenewalId { get; init; }
    public RenewalStatus Status { get; set; }
    public RenewalTrigger Trigger { get; init; }
    public required string RequestedBy { get; init; }
    public int Attempts { get; set; }
    public int MaxAttempts { get; init; }
    public string? LastError { get; set; }

    /// <summary>Pending work is (again) published to the workers by the sweep once this has passed.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>While running: the <see cref="RenewalLease"/> of the worker that holds it.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>Whether somebody has to answer first: by a CSR, or by an approval. Kept by the database.</summary>
    public bool IsAwaiting { get; private set; }

    /// <summary>The serial of the newest attempt, written down before anything is signed under it; lower-case hex.</summary>
    public string? SerialNumber { get; set; }
    public string? VersionId { get; set; }

    /// <summary>PKCS#10 that an agent or an ACME client submitted for this renewal.</summary>
    public string? CsrPem { get; set; }

    /// <summary>The ACME order that it answers; the order's state follows this one's.</summary>
    public string? AcmeOrderId { get; init; }

    /// <summary>The validity asked for, in whole seconds; null leaves it to the profile.</summary>
    public DateTimeOffset? RequestedNotBefore { get; init; }
    public DateTimeOffset? RequestedNotAfter { get; init; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
}

/// <summary>Who asked for a renewal.</summary>
public enum RenewalTrigger { Api, Bulk, Scan, Issue, Acme }

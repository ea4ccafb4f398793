namespace Certctl.Chaos.Fleet;

/// <summary>Where the run has its files and ports; compose/chaos.sh says so by the environment.</summary>
/// <param name="Root">The folder of Certctl.sln.</param>
/// <param name="Port">The API's; AcmeService, RenewalWorker and HeartbeatIngest have the three after it.</param>
/// <param name="Database">PostgreSQL itself, past every proxy.</param>
/// <param name="Broker">RabbitMQ itself.</param>
internal sealed record Instance(string Root, string State, int Port, int PkiPort, Uri Database, Uri Broker)
{
    public const string AdminToken = "admin-of-the-fault-suite-and-of-nothing-else";
    public const string AgentToken = "agents-of-the-fault-suite-and-of-nothing-else";

    public string CaFile => Path.Combine(State, "ca.pem");

    public Uri Api => new($"https://localhost:{Port}/api/v1/");

    public Uri Acme => new($"https://localhost:{Port + 1}/acme/");

    public Uri HealthOf(Service service) => service switch
    {
        Service.Api => new Uri($"https://localhost:{Port}/health/ready"),
        Service.AcmeService => new Uri($"https://localhost:{Port + 1}/health/ready"),
        Service.RenewalWorker => new Uri($"http://127.0.0.1:{Port + 2}/health/ready"),
        _ => new Uri($"http://127.0.0.1:{Port + 3}/health/ready"),
    };

    /// <summary>What compose/chaos.sh has published, else what the solution's build has made.</summary>
    public string BinaryOf(Service service) => Path.Combine(
        Environment.GetEnvironmentVariable("CERTCTL_CHAOS_APP") is { Length: > 0 } app ? Path.Combine(app, $"{service}") : Path.Combine(Root, "src", $"{service}", "bin", "Release", "net10.0"),
        $"Certctl.{service}");

    public string LogOf(Service service) => Path.Combine(State, "logs", $"{service}.log");

    /// <summary>What every service is told, with the proxies' ports in place of the real ones.</summary>
    public Dictionary<string, string> Settings(int databasePort, int brokerPort) => new()
    {
        ["CERTCTL_SERVER_PORT"] = $"{Port}",
        ["CERTCTL_ACME_PORT"] = $"{Port + 1}",
        ["CERTCTL_RENEWAL_PORT"] = $"{Port + 2}",
        ["CERTCTL_HEARTBEAT_PORT"] = $"{Port + 3}",
        ["CERTCTL_PKI_PORT"] = $"{PkiPort}",
        ["CERTCTL_DATABASE_URL"] = new UriBuilder(Database) { Port = databasePort }.Uri.ToString(),
        ["CERTCTL_DATABASE_MAX_CONNS"] = "15",
        ["CERTCTL_RABBITMQ_URL"] = new UriBuilder(Broker) { Port = brokerPort }.Uri.ToString(),
        ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = "the-key-encryption-key-of-the-fault-suite",
        ["CERTCTL_DEMO_SEED"] = "true",
        ["CERTCTL_STATE_DIR"] = State,
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL"] = "24h",
        ["CERTCTL_API_KEYS_NAMED"] = $"admin:{AdminToken}:admin,agents:{AgentToken}:agent:ag-loadtest-",
        ["CERTCTL_LOG_LEVEL"] = Environment.GetEnvironmentVariable("CERTCTL_CHAOS_LOG_LEVEL") ?? "warn",
        ["CERTCTL_LOG_FORMAT"] = "text",
    };
}

/// <summary>The four processes of the fleet.</summary>
internal enum Service { Api, AcmeService, RenewalWorker, HeartbeatIngest }

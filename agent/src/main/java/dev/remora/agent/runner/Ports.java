package dev.remora.agent.runner;

/** The edges of the runner, as {@code Main} made them. */
public record Ports(
    Registry registry,
    Commands commands,
    Programs programs,
    Signals signals,
    Probes probes,
    OutputFiles files,
    BackupStore backups,
    LedgerStore ledgers,
    LeaseStore leases,
    ServiceStore services,
    ViewStore view) {}

package dev.remora.agent.runner;

/** The edges of the runner, as {@code Main} made them. */
public record Ports(
    Registry registry,
    Commands commands,
    Probes probes,
    OutputFiles files,
    LedgerStore ledgers,
    LeaseStore leases,
    ServiceStore services,
    ViewStore view) {}

package dev.remora.agent.service;

/** What an operator should know of a registration. */
public sealed interface Fact {
  /** Every record that is not refused is in the registry, under this lease. */
  record Registered(long lease, int records) implements Fact {}

  /** The lease ran out or was revoked; everything is put back under a new one. */
  record LeaseLost(long lease) implements Fact {}

  /** A record of an earlier life of this agent was taken over. */
  record GhostTaken(String key, long lease) implements Fact {}

  /** A record belongs to someone else, whose lease lives. */
  record Refused(String key, long lease) implements Fact {}

  /** The registry or the disk is away; reported once until something works again. */
  record Interrupted(String reason) implements Fact {}
}

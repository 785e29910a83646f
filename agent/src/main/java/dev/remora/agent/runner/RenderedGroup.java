package dev.remora.agent.runner;

/** A group and what evaluates its template. */
public record RenderedGroup(GroupSpec spec, Evaluator evaluator) {}

package dev.remora.agent.runner;

import java.util.Optional;
import java.util.function.Function;

/**
 * What a template may know beside the registry.
 *
 * @param node name of this agent's node
 * @param prefix put before every path of the registry
 * @param environment looks up an environment variable
 */
public record Surroundings(
    String node, String prefix, Function<String, Optional<String>> environment) {}

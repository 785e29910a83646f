package dev.remora.agent.config;

import dev.remora.agent.service.CheckSpec;
import dev.remora.agent.service.Damping;
import dev.remora.agent.service.Instance;
import dev.remora.agent.service.ServiceSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service as the operator wrote it.
 *
 * @param id unique below the name; {@code name-node-port} by default
 * @param address null where neither the file nor {@code $POD_IP} names one: then it is the local
 *     address of the route to the registry
 * @param zone empty for none
 * @param deregisterAfterMillis as in {@link ServiceSpec}
 */
public record ServiceConfig(
    String name,
    String id,
    @Nullable String address,
    int port,
    List<String> tags,
    Map<String, String> meta,
    int passingWeight,
    int warningWeight,
    String zone,
    List<CheckSpec> checks,
    Damping damping,
    long deregisterAfterMillis) {
  private static final int WEIGHT_MAX = 65_535;

  public ServiceConfig {
    tags = List.copyOf(tags);
    checks = List.copyOf(checks);
    meta = new LinkedHashMap<>(meta);
  }

  static ServiceConfig read(Section section, String node, Environment environment) {
    String name = Names.segment(section, "name", section.required("name"));
    if (!section.has("port")) {
      section.required("port");
    }
    int port = (int) section.number("port", 1, 1, 65_535);
    String id = Names.segment(section, "id", section.text("id", name + "-" + node + "-" + port));
    String address = section.text("address");
    Section weights = section.section("weights");
    int passing = (int) weights.number("passing", 1, 0, WEIGHT_MAX);
    int warning = (int) weights.number("warning", 1, 0, WEIGHT_MAX);
    weights.finish();
    ServiceConfig service =
        new ServiceConfig(
            name,
            id,
            address == null ? environment.variable("POD_IP").orElse(null) : address,
            port,
            section.texts("tags", List.of()),
            section.textMap("meta"),
            passing,
            warning,
            section.text("zone", ""),
            Checks.readAll(section),
            Checks.damping(section),
            Checks.deregisterAfter(section));
    section.finish();
    return service;
  }

  /**
   * What is registered for it.
   *
   * @param routeAddress its address where none is named
   */
  public ServiceSpec spec(String node, String routeAddress) {
    Instance instance =
        new Instance(
            name,
            id,
            address == null ? routeAddress : address,
            port,
            tags,
            meta,
            passingWeight,
            warningWeight,
            Instance.Status.PASSING,
            node,
            zone);
    return new ServiceSpec(instance, checks, damping, deregisterAfterMillis);
  }
}

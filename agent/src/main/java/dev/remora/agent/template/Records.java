package dev.remora.agent.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The service records of the registry, as maps for templates.
 *
 * <p>Anyone with write access can put anything there. A record that is malformed is left out with a
 * warning, and never takes another instance with it; what a template will print unquoted (address
 * and port) is checked to be one.
 */
final class Records {
  private static final String SERVICES = "/services/";
  private static final String NODES = "/nodes/";
  private static final int PORT_MAX = 65_535;
  private static final int WEIGHT_MAX = 65_535;

  private Records() {}

  /** Which instances are wanted. A null does not narrow. */
  record Wanted(@Nullable String status, @Nullable String tag, @Nullable String zone) {
    boolean matches(Map<String, @Nullable Object> instance) {
      return (status == null || status.equals(instance.get("status")))
          && (tag == null || (instance.get("tags") instanceof List<?> tags && tags.contains(tag)))
          && (zone == null || zone.equals(instance.get("zone")));
    }
  }

  /** The instances of one service, by id. */
  static List<Map<String, @Nullable Object>> instances(
      String service, Wanted wanted, Evaluation evaluation) {
    String prefix = SERVICES + service + "/";
    TreeMap<String, Map<String, @Nullable Object>> byId = new TreeMap<>();
    for (Values.KeyText record : evaluation.tree(prefix)) {
      String id = record.path().substring(prefix.length());
      if (id.isEmpty() || id.indexOf('/') >= 0) {
        continue;
      }
      Map<String, @Nullable Object> instance = instance(service, id, record, evaluation);
      if (instance != null && wanted.matches(instance)) {
        byId.put(id, instance);
      }
    }
    return new ArrayList<>(byId.values());
  }

  /** The names of all services, sorted. */
  static List<String> services(Evaluation evaluation) {
    TreeSet<String> names = new TreeSet<>();
    for (Values.KeyText record : evaluation.tree(SERVICES)) {
      int slash = record.path().indexOf('/', SERVICES.length());
      if (slash > SERVICES.length()) {
        names.add(record.path().substring(SERVICES.length(), slash));
      }
    }
    return new ArrayList<>(names);
  }

  /** The nodes that run an agent, by name. */
  static List<Map<String, @Nullable Object>> nodes(Evaluation evaluation) {
    List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
    for (Values.KeyText record : evaluation.tree(NODES)) {
      String name = record.path().substring(NODES.length());
      if (name.isEmpty() || name.indexOf('/') >= 0) {
        continue;
      }
      Map<String, @Nullable Object> parsed = object(record, evaluation);
      if (parsed != null) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>(parsed);
        node.put("node", name);
        nodes.add(node);
      }
    }
    return nodes;
  }

  private static @Nullable Map<String, @Nullable Object> instance(
      String service, String id, Values.KeyText record, Evaluation evaluation) {
    Map<String, @Nullable Object> parsed = object(record, evaluation);
    if (parsed == null) {
      return null;
    }
    String fault = fault(parsed);
    if (fault != null) {
      evaluation.warn("left out " + record.path() + ": " + fault);
      return null;
    }
    Map<String, @Nullable Object> instance = new LinkedHashMap<>();
    instance.put("status", "passing");
    instance.put("tags", List.of());
    instance.put("meta", Map.of());
    instance.put("weights", weights());
    instance.put("node", "");
    instance.put("zone", "");
    parsed.forEach((name, value) -> {
      if (value != null) {
        instance.put(name, value);
      }
    });
    if (parsed.get("weights") instanceof Map<?, ?> given) {
      Map<String, @Nullable Object> weights = new LinkedHashMap<>(weights());
      given.forEach((name, weight) -> weights.put(String.valueOf(name), weight));
      instance.put("weights", weights);
    }
    instance.put("id", id);
    instance.put("name", service);
    instance.put("is_ip", Address.of(String.valueOf(parsed.get("address"))) == Address.IP);
    instance.put("endpoint", endpoint(String.valueOf(parsed.get("address")), parsed.get("port")));
    return instance;
  }

  /** Address and port as most configuration files want them. */
  private static String endpoint(String address, @Nullable Object port) {
    return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
  }

  private static Map<String, Object> weights() {
    Map<String, Object> weights = new LinkedHashMap<>();
    weights.put("passing", 1L);
    weights.put("warning", 1L);
    return weights;
  }

  /** Why a template cannot use this record, or null if it can. */
  private static @Nullable String fault(Map<String, @Nullable Object> parsed) {
    if (!(parsed.get("address") instanceof String address) || Address.of(address) == Address.NONE) {
      return "address is not a host name or IP address";
    }
    if (!(parsed.get("port") instanceof Long port) || port < 1 || port > PORT_MAX) {
      return "port is not a number from 1 to 65535";
    }
    if (!isAbsentOr(String.class, parsed.get("status"))) {
      return "status is not a string";
    }
    if (!isAbsentOr(String.class, parsed.get("zone"))) {
      return "zone is not a string";
    }
    if (!isAbsentOr(Map.class, parsed.get("meta"))) {
      return "meta is not an object";
    }
    Object tags = parsed.get("tags");
    if (tags != null
        && !(tags instanceof List<?> list && list.stream().allMatch(String.class::isInstance))) {
      return "tags is not a list of strings";
    }
    return weightFault(parsed.get("weights"));
  }

  private static @Nullable String weightFault(@Nullable Object weights) {
    if (weights == null) {
      return null;
    }
    boolean isGood =
        weights instanceof Map<?, ?> map && map.values().stream().allMatch(Records::isWeight);
    return isGood ? null : "weights are not numbers from 0 to " + WEIGHT_MAX;
  }

  private static boolean isWeight(@Nullable Object weight) {
    return weight instanceof Long number && number >= 0 && number <= WEIGHT_MAX;
  }

  private static boolean isAbsentOr(Class<?> type, @Nullable Object value) {
    return value == null || type.isInstance(value);
  }

  private static @Nullable Map<String, @Nullable Object> object(
      Values.KeyText record, Evaluation evaluation) {
    try {
      if (Json.parse(record.value(), evaluation) instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        map.forEach((name, value) -> object.put(String.valueOf(name), value));
        return object;
      }
      evaluation.warn("left out " + record.path() + ": not a JSON object");
    } catch (Json.MalformedException e) {
      evaluation.warn("left out " + record.path() + ": " + e.getMessage());
    }
    return null;
  }
}

package dev.remora.agent.config;

import dev.remora.agent.config.Setting.Field;
import dev.remora.agent.config.Setting.Fields;
import dev.remora.agent.config.Setting.Items;
import dev.remora.agent.config.Setting.Text;
import dev.remora.agent.service.CheckSpec;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Damping;
import dev.remora.agent.service.Probe;
import dev.remora.agent.service.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Consul's service definitions: the keys of its {@code service}, {@code check} and {@code
 * checks}, in snake case or in the case of its HTTP API (developer.hashicorp.com/consul, "Services
 * configuration reference" and "Health check configuration reference").
 *
 * <p>What has no meaning here is named in a warning; what would have another meaning is refused.
 */
final class ConsulDefinition {
  private static final Duration SCRIPT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration OTHER_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration INTERVAL_MIN = Duration.ofSeconds(1);
  private static final int WEIGHT_MAX = 65_535;
  private static final int THRESHOLD_MAX = 1_000;
  private static final List<String> IGNORED =
      List.of("token", "kind", "proxy", "connect", "tagged_addresses", "enable_tag_override");
  private static final List<String> KINDS =
      List.of("http", "tcp", "grpc", "args", "script_args", "ttl", "alias_service");
  private static final double NANOS_MAX = 1e17;
  private static final Pattern PART =
      Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ns|us|µs|ms|s|m|h)");
  private static final Pattern DURATION = Pattern.compile("(?:" + PART.pattern() + ")+");

  private final Section service;
  private final List<String> warnings;
  private long deregisterAfter = ServiceSpec.NEVER;

  private ConsulDefinition(Section service, List<String> warnings) {
    this.service = service;
    this.warnings = warnings;
  }

  /**
   * Reads one service.
   *
   * @param podAddress address of a service that names none, or null
   */
  static ServiceConfig read(Section service, @Nullable String podAddress, List<String> warnings) {
    return new ConsulDefinition(service, warnings).read(podAddress);
  }

  /** The keys in snake case, those of checks below too; other maps stay as they are. */
  static Fields snakeCase(Fields fields) {
    Map<String, Field> renamed = new LinkedHashMap<>();
    fields
        .values()
        .forEach((name, field) -> {
          String snake = snakeCase(name);
          Setting value = field.value();
          boolean isCheck = snake.equals("check") || snake.equals("checks");
          boolean isBelow = isCheck || snake.equals("weights");
          renamed.put(snake, new Field(field.at(), isBelow ? below(value) : value));
        });
    return new Fields(fields.at(), renamed);
  }

  private static Setting below(Setting value) {
    return switch (value) {
      case Fields fields -> snakeCase(fields);
      case Items(var at, List<Setting> values) ->
          new Items(at, values.stream().map(ConsulDefinition::below).toList());
      case Text text -> text;
    };
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private ServiceConfig read(@Nullable String podAddress) {
    String name = Names.segment(service, "name", service.required("name"));
    String id = Names.segment(service, "id", service.text("id", name));
    int port = (int) service.number("port", 0, 0, 65_535);
    if (port == 0) {
      service.problem("port", "must be given, from 1 to 65535");
    }
    for (String key : IGNORED) {
      if (service.has(key)) {
        warnings.add(service.place(key) + " has no meaning here and is ignored");
      }
      service.known(key);
    }
    service.notYet("socket_path");
    Section weights = service.section("weights");
    int passing = (int) weights.number("passing", 1, 0, WEIGHT_MAX);
    int warning = (int) weights.number("warning", 1, 0, WEIGHT_MAX);
    weights.finish();
    List<CheckSpec> checks = new ArrayList<>();
    if (service.has("check")) {
      CheckSpec check = check(service.section("check"));
      if (check != null) {
        checks.add(check);
      }
    }
    checks.addAll(service.sections("checks", this::check));
    String address = service.text("address");
    Map<String, String> meta = service.textMap("meta");
    List<String> tags = service.texts("tags", List.of());
    service.finish();
    return new ServiceConfig(
        name,
        id,
        address == null ? podAddress : address,
        Math.max(port, 1),
        tags,
        meta,
        passing,
        warning,
        "",
        checks,
        Damping.DEFAULT,
        deregisterAfter);
  }

  private @Nullable CheckSpec check(Section check) {
    check.known("id", "check_id", "name", "notes", "output_max_size", "shell", "service_id");
    check.notYet(
        "docker_container_id",
        "udp",
        "udp_use_tls",
        "h2ping",
        "h2ping_use_tls",
        "os_service",
        "alias_node",
        "tls_server_name");
    List<String> given = KINDS.stream().filter(check::has).toList();
    if (given.size() != 1) {
      check.problem("", "must be exactly one of " + String.join(", ", KINDS));
      return null;
    }
    String kind = given.getFirst();
    Probe probe = probe(check, kind);
    boolean isScript = probe instanceof Probe.Command;
    Duration interval = Duration.ZERO;
    Duration timeout = Duration.ZERO;
    if (isScript || kind.equals("http") || kind.equals("tcp") || kind.equals("grpc")) {
      interval = max(duration(check, "interval", Checks.INTERVAL_DEFAULT), INTERVAL_MIN);
      timeout = duration(check, "timeout", isScript ? SCRIPT_TIMEOUT : OTHER_TIMEOUT);
    } else {
      check.known("interval", "timeout");
    }
    if (check.has("deregister_critical_service_after")) {
      long after =
          duration(check, "deregister_critical_service_after", Duration.ofMinutes(1)).toMillis();
      deregisterAfter = Math.min(deregisterAfter, Math.max(after, 1));
    }
    CheckSpec spec = spec(check, probe, interval, timeout);
    check.finish();
    return spec;
  }

  /** Thresholds of 0 and 1 mean the same. For a TTL Consul has none. */
  private static CheckSpec spec(Section check, Probe probe, Duration interval, Duration timeout) {
    int successes = threshold(check, "success_before_passing", 1);
    int failures = threshold(check, "failures_before_critical", 1);
    int warnings = threshold(check, "failures_before_warning", failures);
    boolean isCounted = !(probe instanceof Probe.Ttl || probe instanceof Probe.Alias);
    return new CheckSpec(
        probe,
        interval.toMillis(),
        timeout.toMillis(),
        isCounted ? successes : 1,
        isCounted ? warnings : 1,
        isCounted ? failures : 1,
        status(check));
  }

  private static int threshold(Section check, String key, int fallback) {
    return (int) Math.max(1, check.number(key, fallback, 0, THRESHOLD_MAX));
  }

  private static CheckStatus status(Section check) {
    return switch (check.text("status", "critical")) {
      case "passing" -> CheckStatus.PASSING;
      case "warning" -> CheckStatus.WARNING;
      case "critical" -> CheckStatus.CRITICAL;
      default -> {
        check.problem("status", "must be passing, warning or critical");
        yield CheckStatus.CRITICAL;
      }
    };
  }

  private Probe probe(Section check, String kind) {
    boolean isUnverified = isTrue(check, "tls_skip_verify");
    Probe.Tls on = isUnverified ? Probe.Tls.UNVERIFIED : Probe.Tls.VERIFIED;
    return switch (kind) {
      case "http" -> {
        String url = check.text("http", "");
        yield Checks.http(
            check,
            "http",
            new Probe.Http(
                url,
                url.startsWith("https:") ? on : Probe.Tls.OFF,
                check.text("method", "GET"),
                headers(check),
                check.text("body", ""),
                List.of(),
                !isTrue(check, "disable_redirects")));
      }
      case "tcp" ->
          Checks.tcp(
              check,
              kind,
              check.text("tcp", ""),
              isTrue(check, "tcp_use_tls") ? on : Probe.Tls.OFF);
      case "grpc" ->
          Checks.grpc(
              check,
              kind,
              check.text("grpc", ""),
              isTrue(check, "grpc_use_tls") ? on : Probe.Tls.OFF);
      case "args", "script_args" -> new Probe.Command(check.command(kind));
      case "ttl" ->
          new Probe.Ttl(Math.max(1, duration(check, "ttl", Duration.ofSeconds(1)).toMillis()));
      default -> new Probe.Alias(check.text("alias_service", ""));
    };
  }

  private static Map<String, String> headers(Section check) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (check.has("header")) {
      Section header = check.section("header");
      for (String name : header.keys()) {
        headers.put(name, String.join(", ", header.texts(name, List.of())));
      }
    }
    return headers;
  }

  private static boolean isTrue(Section check, String key) {
    return "true".equals(check.text(key, "false"));
  }

  /** Go's notation, such as 1m30s, or a number of nanoseconds. */
  private static Duration duration(Section check, String key, Duration fallback) {
    String text = check.text(key);
    if (text == null) {
      return fallback;
    }
    if (text.matches("[0-9]{1,18}")) {
      return Duration.ofNanos(Long.parseLong(text));
    }
    if (!DURATION.matcher(text).matches()) {
      check.problem(key, "must be a duration such as 10s or 1m30s, but is '" + text + "'");
      return fallback;
    }
    double nanos = 0;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      nanos += Double.parseDouble(parts.group(1)) * unit(parts.group(2));
    }
    return Duration.ofNanos((long) Math.min(nanos, NANOS_MAX));
  }

  private static double unit(String name) {
    return switch (name) {
      case "ns" -> 1;
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      default -> 3600e9; // The pattern leaves no other unit.
    };
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}

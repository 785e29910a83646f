package dev.remora.agent.config;

import dev.remora.agent.service.CheckSpec;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Damping;
import dev.remora.agent.service.Probe;
import dev.remora.agent.service.ServiceSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how a service is checked. */
final class Checks {
  static final Duration INTERVAL_DEFAULT = Duration.ofSeconds(10);
  static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(3);
  private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
  private static final Duration INTERVAL_MAX = Duration.ofDays(1);
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
  private static final Duration TIMEOUT_MAX = Duration.ofHours(1);
  private static final int THRESHOLD_MAX = 1_000;
  private static final int PENALTY_MAX = 1_000;
  private static final int CHECKS_MAX = 100;
  private static final int SERVICE_CHARS_MAX = 255;
  private static final List<String> KINDS =
      List.of("http", "tcp", "grpc", "command", "ttl", "alias");
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s/:\\[\\]]+):([0-9]{1,5})(/(.*))?");

  private Checks() {}

  static List<CheckSpec> readAll(Section service) {
    List<CheckSpec> checks = service.sections("checks", Checks::read);
    if (checks.size() > CHECKS_MAX) {
      service.problem("checks", "must be at most " + CHECKS_MAX);
    }
    return checks;
  }

  private static @Nullable CheckSpec read(Section check) {
    List<String> given = KINDS.stream().filter(check::has).toList();
    if (given.size() != 1) {
      check.problem(
          given.isEmpty() ? "" : given.get(1),
          "must be exactly one of " + String.join(", ", KINDS));
      return null;
    }
    Probe probe =
        switch (given.getFirst()) {
          case "http" -> http(check);
          case "tcp" -> tcp(check);
          case "grpc" -> grpc(check);
          case "command" -> new Probe.Command(Shell.read(check, check.command("command")));
          case "ttl" -> new Probe.Ttl(interval(check, "ttl", INTERVAL_DEFAULT).toMillis());
          default -> new Probe.Alias(check.text("alias", ""));
        };
    CheckSpec spec =
        switch (probe) {
          case Probe.Alias _ -> new CheckSpec(probe, 0, 0, 1, 1, 1, initial(check));
          case Probe.Ttl _ -> spec(check, probe, 0, 0);
          case Probe.Http _, Probe.Tcp _, Probe.Grpc _, Probe.Command _ ->
              spec(
                  check,
                  probe,
                  interval(check, "interval", INTERVAL_DEFAULT).toMillis(),
                  AgentConfig.between(check, "timeout", TIMEOUT_DEFAULT, TIMEOUT_MIN, TIMEOUT_MAX)
                      .toMillis());
        };
    check.finish();
    return spec;
  }

  private static CheckSpec spec(Section check, Probe probe, long interval, long timeout) {
    int failures = (int) check.number("failures_before_critical", 1, 1, THRESHOLD_MAX);
    return new CheckSpec(
        probe,
        interval,
        timeout,
        (int) check.number("success_before_passing", 1, 1, THRESHOLD_MAX),
        failures,
        failures,
        initial(check));
  }

  static Duration interval(Section check, String key, Duration fallback) {
    return AgentConfig.between(check, key, fallback, INTERVAL_MIN, INTERVAL_MAX);
  }

  private static CheckStatus initial(Section check) {
    String text = check.text("initial", CheckStatus.CRITICAL.text());
    for (CheckStatus status : CheckStatus.values()) {
      if (status.text().equals(text)) {
        return status;
      }
    }
    check.problem("initial", "must be passing, warning or critical, but is '" + text + "'");
    return CheckStatus.CRITICAL;
  }

  static Probe.Http http(Section check) {
    return http(check, "http", "GET");
  }

  /** Reads a request whose URL is of this key. */
  static Probe.Http http(Section check, String key, String method) {
    String url = check.text(key, "");
    List<Integer> expect = new ArrayList<>();
    for (String code : check.texts("expect", List.of())) {
      if (code.matches("[1-5][0-9]{2}")) {
        expect.add(Integer.valueOf(code));
      } else {
        check.problem("expect", "must be status codes such as 204, but holds '" + code + "'");
      }
    }
    boolean expectsRedirect = expect.stream().anyMatch(code -> code >= 300 && code < 400);
    Probe.Tls tls = tls(check, url.startsWith("https:") ? Probe.Tls.VERIFIED : Probe.Tls.OFF);
    return http(
        check,
        key,
        new Probe.Http(
            url,
            url.startsWith("https:") ? tls : Probe.Tls.OFF,
            check.text("method", method),
            check.textMap("headers"),
            check.text("body", ""),
            expect,
            !expectsRedirect));
  }

  /** Reports what cannot be sent. */
  static Probe.Http http(Section check, String key, Probe.Http probe) {
    if (!isHttp(probe.url())) {
      check.problem(key, "must be a URL such as http://127.0.0.1:8080/health");
    }
    if (!METHOD.matcher(probe.method()).matches()) {
      check.problem("method", "must be a method such as GET");
    }
    probe
        .headers()
        .forEach((name, value) -> {
          if (!HEADER.matcher(name).matches()
              || value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            check.problem("headers", "holds something that is not a header");
          }
        });
    return probe;
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getPort() <= 65_535;
    } catch (URISyntaxException _) {
      return false;
    }
  }

  static Probe tcp(Section check) {
    return tcp(check, "tcp", check.text("tcp", ""), tls(check, Probe.Tls.OFF));
  }

  static Probe tcp(Section check, String key, String target, Probe.Tls tls) {
    Matcher matcher = HOST_PORT.matcher(target);
    if (!matcher.matches() || matcher.group(3) != null || !isPort(matcher.group(2))) {
      check.problem(key, "must be a target such as 127.0.0.1:8080");
      return new Probe.Tcp("", 1, tls);
    }
    return new Probe.Tcp(host(matcher), Integer.parseInt(matcher.group(2)), tls);
  }

  private static Probe grpc(Section check) {
    return grpc(check, "grpc", check.text("grpc", ""), tls(check, Probe.Tls.OFF));
  }

  static Probe grpc(Section check, String key, String target, Probe.Tls tls) {
    Matcher matcher = HOST_PORT.matcher(target);
    boolean isGood = matcher.matches() && isPort(matcher.group(2));
    String service = isGood && matcher.group(4) != null ? matcher.group(4) : "";
    if (!isGood || service.length() > SERVICE_CHARS_MAX) {
      check.problem(key, "must be a target such as 127.0.0.1:9090 or 127.0.0.1:9090/service");
      return new Probe.Grpc("", 1, "", tls);
    }
    return new Probe.Grpc(host(matcher), Integer.parseInt(matcher.group(2)), service, tls);
  }

  private static String host(Matcher matcher) {
    String host = matcher.group(1);
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean isPort(String text) {
    int port = Integer.parseInt(text);
    return port >= 1 && port <= 65_535;
  }

  private static Probe.Tls tls(Section check, Probe.Tls fallback) {
    if (!check.has("tls")) {
      return fallback;
    }
    return switch (check.text("tls", "")) {
      case "true" -> Probe.Tls.VERIFIED;
      case "false" -> fallback;
      case "unverified" -> Probe.Tls.UNVERIFIED;
      default -> {
        check.problem("tls", "must be true, false or unverified");
        yield fallback;
      }
    };
  }

  static long deregisterAfter(Section service) {
    return service.has("deregister_critical_after")
        ? interval(service, "deregister_critical_after", INTERVAL_MAX).toMillis()
        : ServiceSpec.NEVER;
  }

  static Damping damping(Section service) {
    Section damping = service.section("damping");
    Duration halfLife =
        interval(damping, "half_life", Duration.ofMillis(Damping.DEFAULT.halfLifeMillis()));
    long suppress = damping.number("suppress", (long) Damping.DEFAULT.suppress(), 1, PENALTY_MAX);
    long reuse = damping.number("reuse", (long) Damping.DEFAULT.reuse(), 1, PENALTY_MAX);
    if (reuse >= suppress) {
      damping.problem("reuse", "must be less than suppress, which is " + suppress);
    }
    damping.finish();
    return new Damping(halfLife.toMillis(), suppress, reuse);
  }
}

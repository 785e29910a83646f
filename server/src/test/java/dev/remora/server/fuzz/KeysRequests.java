package dev.remora.server.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes random requests to {@code /v2/keys}: most of them sensible, so that the stores fill and
 * conditions hold, and each part of them odd now and then.
 */
final class KeysRequests {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final long WINDOW = 1000;

  private final RandomGenerator random;
  private final Memory memory;

  KeysRequests(RandomGenerator random, Memory memory) {
    this.random = random;
    this.memory = memory;
  }

  /** A parameter, not yet encoded. */
  private record Parameter(String name, String value) {}

  /** The next request. */
  Request next() {
    int dice = random.nextInt(100);
    if (dice < 42) {
      return form("PUT", put());
    }
    if (dice < 61) {
      return bodiless("GET", path(), read());
    }
    if (dice < 73) {
      return bodiless("DELETE", path(), delete());
    }
    if (dice < 82) {
      return form("POST", post());
    }
    if (dice < 92) {
      return bodiless("GET", path(), watch());
    }
    if (dice < 96) {
      return bodiless("HEAD", path(), read());
    }
    if (dice < 98) {
      return bodiless("OPTIONS", path(), read());
    }
    return form(Words.one(random, Words.ODD_METHODS), put());
  }

  // Paths.

  private String path() {
    String path;
    Optional<Memory.Seen> seen = chance(35) ? memory.any(random) : Optional.empty();
    if (seen.isPresent()) {
      path = seen.get().path();
    } else {
      StringBuilder built = new StringBuilder();
      for (int depth = depth(); depth > 0; depth--) {
        built.append('/').append(segment());
      }
      path = built.toString();
    }
    if (chance(4)) {
      path += "/" + segment();
    }
    return path + (chance(6) ? "/" : "");
  }

  private int depth() {
    return chance(4) ? 0 : chance(3) ? 4 + random.nextInt(4) : 1 + random.nextInt(3);
  }

  private String segment() {
    int dice = random.nextInt(1000);
    if (dice < 900) {
      return Words.one(random, Words.PLAIN_SEGMENTS);
    }
    if (dice < 985) {
      return Words.one(random, Words.ODD_SEGMENTS);
    }
    return Words.one(random, dice < 998 ? Words.DIRTY_SEGMENTS : Words.BAD_SEGMENTS);
  }

  private String target(String path, String query) {
    String prefix = chance(1) ? Words.one(random, Words.PREFIXES) : "/v2/keys";
    String mark = query.isEmpty() && !chance(2) ? "" : "?";
    return prefix + path + mark + query;
  }

  // What is asked for. The first list entry is the path's.

  private Wish put() {
    String path = path();
    List<Parameter> parameters = new ArrayList<>();
    int dice = random.nextInt(100);
    if (dice < 10) {
      add(parameters, "dir", flag(true));
    } else if (dice < 22) {
      add(parameters, "prevExist", flag(true));
    } else if (dice < 32) {
      add(parameters, "prevExist", flag(false));
    } else if (dice < 44) {
      add(parameters, "prevIndex", prevIndex(path));
    } else if (dice < 54) {
      add(parameters, "prevValue", prevValue(path));
    } else if (dice < 58) {
      add(parameters, "prevIndex", prevIndex(path));
      add(parameters, "prevValue", prevValue(path));
    }
    boolean isRefresh = chance(9);
    if (isRefresh) {
      add(parameters, "refresh", flag(true));
    }
    if (isRefresh ? chance(90) : chance(15)) {
      add(parameters, "ttl", ttl());
    }
    if (isRefresh ? chance(10) : chance(80)) {
      add(parameters, "value", value());
    }
    maybe(parameters, 5, "dir");
    maybe(parameters, 6, "noValueOnSuccess");
    maybe(parameters, 4, "prevExist");
    return new Wish(path, parameters);
  }

  private Wish post() {
    List<Parameter> parameters = new ArrayList<>();
    add(parameters, "value", value());
    maybe(parameters, 15, "dir");
    maybe(parameters, 6, "noValueOnSuccess");
    if (chance(15)) {
      add(parameters, "ttl", ttl());
    }
    if (chance(5)) {
      add(parameters, "prevIndex", index());
    }
    return new Wish(path(), parameters);
  }

  private List<Parameter> delete() {
    List<Parameter> parameters = new ArrayList<>();
    int dice = random.nextInt(100);
    if (dice < 30) {
      add(parameters, "recursive", flag(true));
    } else if (dice < 45) {
      add(parameters, "dir", flag(true));
    } else if (dice < 58) {
      add(parameters, "prevIndex", index());
    } else if (dice < 68) {
      add(parameters, "prevValue", value());
    }
    return parameters;
  }

  private List<Parameter> read() {
    List<Parameter> parameters = new ArrayList<>();
    maybe(parameters, 40, "recursive");
    maybe(parameters, 40, "sorted");
    maybe(parameters, 15, "quorum");
    return parameters;
  }

  private List<Parameter> watch() {
    List<Parameter> parameters = new ArrayList<>();
    add(parameters, "wait", flag(true));
    maybe(parameters, 60, "recursive");
    maybe(parameters, 15, "stream");
    maybe(parameters, 3, "quorum");
    if (chance(75)) {
      add(parameters, "waitIndex", waitIndex());
    }
    return parameters;
  }

  // Values.

  private String flag(boolean likely) {
    int dice = random.nextInt(100);
    boolean isTrue = dice < 90 == likely;
    return Words.one(random, dice >= 97 ? Words.NEITHER : isTrue ? Words.TRUE : Words.FALSE);
  }

  private String prevIndex(String path) {
    Optional<Memory.Seen> seen = memory.at(withoutSlash(path));
    if (seen.isEmpty() || chance(10)) {
      return index();
    }
    long exact = chance(10) ? seen.get().createdIndex() : seen.get().modifiedIndex();
    return Long.toString(exact + (chance(75) ? 0 : random.nextInt(5) - 2));
  }

  private String index() {
    int dice = random.nextInt(100);
    if (dice < 60) {
      return Long.toString(memory.index() - random.nextInt(4));
    }
    return dice < 70
        ? "0"
        : dice < 80 ? "18446744073709551615" : Words.one(random, Words.BAD_NUMBERS);
  }

  private String prevValue(String path) {
    Optional<Memory.Seen> seen = memory.at(withoutSlash(path));
    return seen.isPresent() && chance(75) ? seen.get().value() : value();
  }

  /** Never one from before the first request: what happened there is not alike. */
  private String waitIndex() {
    int dice = random.nextInt(100);
    long oldest = memory.index() - WINDOW + 1;
    long least = memory.firstIndex() + 1;
    if (dice < 65) {
      return Long.toString(Math.max(least, memory.index() - random.nextInt(40)));
    }
    if (dice < 75) {
      return Long.toString(Math.max(least, oldest - 2 + random.nextInt(5)));
    }
    if (dice < 85) {
      return Long.toString(memory.index() + 1 + random.nextInt(3));
    }
    return switch (dice % 4) {
      case 0 -> "0";
      case 1 -> Long.toString(least);
      case 2 -> "9223372036854775808";
      default -> Words.one(random, Words.BAD_NUMBERS);
    };
  }

  private String ttl() {
    int dice = random.nextInt(100);
    if (dice < 70) {
      return Words.one(random, Words.LONG_TTLS);
    }
    if (dice < 78) {
      return Words.one(random, Words.WRAPPED_TTLS);
    }
    return dice < 81 ? "0" : dice < 82 ? "1" : Words.one(random, Words.BAD_NUMBERS);
  }

  private String value() {
    int dice = random.nextInt(100);
    if (dice < 50) {
      return Character.toString('a' + random.nextInt(3));
    }
    if (dice < 85) {
      return Words.one(random, Words.VALUES);
    }
    return dice < 95 ? "" : dice < 99 ? "v".repeat(random.nextInt(3000)) : "w".repeat(70_000);
  }

  // The request itself.

  private record Wish(String path, List<Parameter> parameters) {}

  private Request bodiless(String method, String path, List<Parameter> wished) {
    List<Parameter> parameters = noisy(wished);
    boolean hasBody = !method.equals("HEAD") && chance(2);
    return new Request(
        method,
        target(path, encoded(parameters, true)),
        hasBody ? FORM : null,
        hasBody ? "value=b&recursive=true&wait=false" : "",
        false);
  }

  private Request form(String method, Wish wish) {
    List<Parameter> inQuery = new ArrayList<>();
    List<Parameter> inForm = new ArrayList<>();
    int queryShare = chance(70) ? 0 : random.nextInt(101);
    for (Parameter parameter : noisy(wish.parameters)) {
      boolean isLong = parameter.value.length() > 200;
      (chance(queryShare) && !isLong ? inQuery : inForm).add(parameter);
    }
    String body = chance(2) ? Words.one(random, Words.RAW_FORMS) : encoded(inForm, false);
    String type = chance(4) ? Words.one(random, Words.CONTENT_TYPES) : chance(1) ? null : FORM;
    return new Request(method, target(wish.path, encoded(inQuery, true)), type, body, chance(4));
  }

  /** Adds what nobody wished for, now and then. */
  private List<Parameter> noisy(List<Parameter> wished) {
    List<Parameter> parameters = new ArrayList<>(wished);
    while (chance(7)) {
      add(parameters, "value", value());
      Parameter any =
          switch (random.nextInt(12)) {
            case 0 -> new Parameter("value", value());
            case 1 -> new Parameter("ttl", ttl());
            case 2 -> new Parameter("prevIndex", index());
            case 3 -> new Parameter("prevValue", value());
            case 4 -> new Parameter("waitIndex", index());
            case 5 -> new Parameter("WAIT", "true");
            case 6 -> new Parameter("unknown", value());
            default -> new Parameter(anyFlag(), flag(random.nextBoolean()));
          };
      parameters.set(parameters.size() - 1, any);
    }
    return parameters;
  }

  private String anyFlag() {
    return Words.one(
        random,
        List.of(
            "recursive",
            "sorted",
            "dir",
            "quorum",
            "stream",
            "prevExist",
            "refresh",
            "noValueOnSuccess",
            "wait"));
  }

  private String encoded(List<Parameter> parameters, boolean isQuery) {
    List<String> pairs = new ArrayList<>();
    for (Parameter parameter : parameters) {
      String value = parameter.value;
      if (isQuery && value.length() > 500) {
        value = value.substring(0, 500);
      }
      boolean isBare = value.isEmpty() && chance(50);
      pairs.add(Words.encoded(parameter.name, "") + (isBare ? "" : "=" + encoded(value)));
    }
    String joined = String.join("&", pairs);
    if (isQuery && chance(1)) {
      return joined + Words.one(random, List.of("&", "&&", ";", "&x=%zz", "&%", "&=", "#a", "?"));
    }
    return joined;
  }

  private String encoded(String value) {
    return chance(20) ? Words.encoded(value, "/:,'()*!@$\\\"<>") : Words.encoded(value, "");
  }

  private void maybe(List<Parameter> parameters, int percent, String name) {
    if (chance(percent)) {
      add(parameters, name, flag(true));
    }
  }

  private static void add(List<Parameter> parameters, String name, String value) {
    parameters.add(new Parameter(name, value));
  }

  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}

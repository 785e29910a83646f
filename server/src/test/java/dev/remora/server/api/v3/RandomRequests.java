package dev.remora.server.api.v3;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.StringJoiner;

/** Random KV requests over few keys, most of them valid; a seed means one series. */
final class RandomRequests {
  private static final int KEYS = 20;

  private final Random random;

  /** About where the store is: each write may have taken one. */
  private int revision = 1;

  RandomRequests(long seed) {
    this.random = new Random(seed);
  }

  /** The next request, in the form of {@link Recording}. */
  String next() {
    int dice = random.nextInt(100);
    if (dice < 25) {
      return "POST /v3/kv/put " + put(10);
    }
    if (dice < 35) {
      return "POST /v3/kv/deleterange " + delete();
    }
    if (dice < 65) {
      return "POST /v3/kv/range " + range();
    }
    return dice < 97
        ? "POST /v3/kv/txn " + txn(0)
        : "POST /v3/kv/compaction {\"revision\":\"" + (revision - random.nextInt(60)) + "\"}";
  }

  /** A put. None in a transaction keeps a value: if it was deleted before, etcd stops for good. */
  private String put(int keepPercent) {
    revision++;
    StringJoiner fields = fields().add("\"key\":" + key());
    boolean ignoresValue = chance(keepPercent);
    if (ignoresValue) {
      fields.add("\"ignore_value\":true");
    }
    if (!ignoresValue || chance(10)) {
      fields.add("\"value\":" + base64("v" + random.nextInt(9)));
    }
    maybe(fields, keepPercent, "\"ignore_lease\":true");
    maybe(fields, 3, "\"lease\":77");
    maybe(fields, 50, "\"prev_kv\":true");
    return fields.toString();
  }

  private String delete() {
    StringJoiner fields = fields().add("\"key\":" + key());
    maybe(fields, 40, "\"range_end\":" + end());
    maybe(fields, 50, "\"prev_kv\":true");
    return fields.toString();
  }

  private String range() {
    StringJoiner fields = fields().add("\"key\":" + key());
    maybe(fields, 80, "\"range_end\":" + end());
    maybe(fields, 40, "\"limit\":" + (random.nextInt(8) - 1));
    maybe(fields, 30, "\"revision\":" + (revision + 3 - random.nextInt(80)));
    maybe(fields, 30, "\"sort_order\":" + random.nextInt(3));
    maybe(fields, 30, "\"sort_target\":" + random.nextInt(5));
    maybe(fields, 10, "\"keys_only\":true");
    maybe(fields, 10, "\"count_only\":true");
    maybe(fields, 20, "\"serializable\":true");
    maybe(fields, 8, "\"min_mod_revision\":" + (revision - random.nextInt(40)));
    maybe(fields, 8, "\"max_mod_revision\":" + (revision - random.nextInt(20)));
    maybe(fields, 8, "\"min_create_revision\":" + (revision - random.nextInt(40)));
    maybe(fields, 8, "\"max_create_revision\":" + (revision - random.nextInt(20)));
    return fields.toString();
  }

  private String txn(int depth) {
    StringJoiner fields = fields();
    StringJoiner compares = list();
    for (int i = random.nextInt(3); i > 0; i--) {
      compares.add(compare());
    }
    fields.add("\"compare\":" + compares);
    for (String branch : new String[] {"success", "failure"}) {
      StringJoiner operations = list();
      for (int i = random.nextInt(4); i > 0; i--) {
        operations.add(operation(depth));
      }
      fields.add("\"" + branch + "\":" + operations);
    }
    return fields.toString();
  }

  private String operation(int depth) {
    int dice = random.nextInt(10);
    if (dice < 4) {
      return "{\"request_put\":" + put(0) + "}";
    }
    if (dice < 6) {
      return "{\"request_delete_range\":" + delete() + "}";
    }
    return dice < 9 || depth == 2
        ? "{\"request_range\":" + range() + "}"
        : "{\"request_txn\":" + txn(depth + 1) + "}";
  }

  private String compare() {
    StringJoiner fields = fields().add("\"key\":" + key()).add("\"result\":" + random.nextInt(4));
    maybe(fields, 20, "\"range_end\":" + end());
    int number = random.nextInt(4);
    return fields
        .add(
            switch (random.nextInt(5)) {
              case 0 -> "\"target\":\"VERSION\",\"version\":" + number;
              case 1 ->
                  "\"target\":\"CREATE\",\"create_revision\":" + (revision - random.nextInt(40));
              case 2 -> "\"target\":\"MOD\",\"mod_revision\":" + (revision - random.nextInt(20));
              case 3 -> "\"target\":\"VALUE\",\"value\":" + base64("v" + number * 2);
              default -> "\"target\":\"LEASE\",\"lease\":" + (number == 0 ? 77 : 0);
            })
        .toString();
  }

  private String key() {
    return base64("k%02d".formatted(random.nextInt(KEYS)));
  }

  private String end() {
    return chance(20) ? base64("\0") : key();
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private void maybe(StringJoiner fields, int percent, String field) {
    if (chance(percent)) {
      fields.add(field);
    }
  }

  private static StringJoiner fields() {
    return new StringJoiner(",", "{", "}");
  }

  private static StringJoiner list() {
    return new StringJoiner(",", "[", "]");
  }

  private static String base64(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
  }
}

package dev.remora.torture.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Base64Text;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Accounts under v3 keys; money moves between two of them in one transaction, so that their sum is
 * always the same. A value is an amount and a number that makes it unique.
 */
public final class Bank implements Workload {
  /** The accounts begin with it. */
  public static final String ACCOUNTS = PREFIX + "account/";

  /** What all accounts have together. */
  public static final long TOTAL = 500;

  private static final int COUNT = 5;

  private final AtomicLong numbers = new AtomicLong();

  private record Account(String key, long amount, long revision) {}

  @Override
  public void prepare(Session session) {
    List<String> compares = new ArrayList<>();
    List<String> puts = new ArrayList<>();
    for (int number = 0; number < COUNT; number++) {
      compares.add(V3.isAt(ACCOUNTS + number, 0));
      puts.add(V3.put(ACCOUNTS + number, value(TOTAL / COUNT)));
    }
    session.call(V3.txn(String.join(",", compares), String.join(",", puts)), FIRST_PATIENCE);
  }

  private String value(long amount) {
    return amount + " #" + numbers.incrementAndGet();
  }

  @Override
  public void step(Session session, Random random) {
    if (!(session.call(V3.prefix(ACCOUNTS)) instanceof Outcome.Answered(var reply))) {
      return;
    }
    List<Account> accounts = new ArrayList<>();
    reply.json().path("kvs").forEach(kv -> accounts.add(account(kv)));
    if (accounts.size() < 2 || random.nextBoolean()) {
      return;
    }
    Account from = accounts.remove(random.nextInt(accounts.size()));
    Account to = accounts.get(random.nextInt(accounts.size()));
    long amount = random.nextLong(from.amount() + 1);
    session.call(
        V3.txn(
            V3.isAt(from.key(), from.revision()) + "," + V3.isAt(to.key(), to.revision()),
            V3.put(from.key(), value(from.amount() - amount))
                + ","
                + V3.put(to.key(), value(to.amount() + amount))));
  }

  private static Account account(JsonNode kv) {
    return new Account(
        Base64Text.text(kv.path("key").asText()), amount(kv), kv.path("mod_revision").asLong());
  }

  /** The amount of a key and value. */
  public static long amount(JsonNode kv) {
    String value = Base64Text.text(kv.path("value").asText());
    return Long.parseLong(value.substring(0, value.indexOf(' ')));
  }

  @Override
  public void readAll(Session session) {
    session.call(V3.prefix(ACCOUNTS));
  }
}

package dev.remora.server.api;

import dev.remora.server.replica.Clocks;
import io.vertx.core.Context;
import java.security.SecureRandom;
import java.util.Optional;

/** Principals for servers in the test's process: hashes are cheap, and nobody has a certificate. */
public final class TestPrincipals {
  private static final int CHEAPEST = 4;
  private static final Passwords PASSWORDS = new Passwords(CHEAPEST, new SecureRandom());

  private TestPrincipals() {}

  /** Those of one loop. */
  public static Principals of(Context context, Clocks clocks) {
    return new Principals(
        PASSWORDS,
        task -> context.runOnContext(_ -> task.run()),
        () -> clocks.wallNanos() / 1_000_000,
        _ -> Optional.empty());
  }
}

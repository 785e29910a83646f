package dev.remora.server.api;

import java.time.Duration;

/**
 * What can be set of auth.
 *
 * @param tokenTtl how long a token lasts; etcd's --auth-token-ttl
 * @param passwordBytesMin shortest password that can be given to a user
 */
public record AuthSettings(Duration tokenTtl, int passwordBytesMin) {
  /** The defaults: etcd's, but that a password cannot be empty. */
  public static final AuthSettings DEFAULT = new AuthSettings(Duration.ofMinutes(5), 1);
}

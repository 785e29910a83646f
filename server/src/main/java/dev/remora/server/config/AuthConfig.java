package dev.remora.server.config;

import java.time.Duration;

/**
 * The settings of users and their passwords.
 *
 * @param tokenTtl how long a token lasts
 * @param bcryptCost the logarithm of bcrypt's rounds
 * @param passwordBytesMin shortest password that a user can be given
 * @param takesCertificates whether a client's certificate names a user; etcd's --client-cert-auth
 */
public record AuthConfig(
    Duration tokenTtl, int bcryptCost, int passwordBytesMin, boolean takesCertificates) {
  /** bcrypt's own bounds. */
  private static final int COST_MIN = 4;

  private static final int COST_MAX = 31;

  /** bcrypt looks at no more of a password. */
  private static final int PASSWORD_BYTES_MAX = 72;

  /** A day: a token is no password. */
  private static final int TOKEN_SECONDS_MAX = 86_400;

  static AuthConfig from(Settings read) {
    return new AuthConfig(
        Duration.ofSeconds(read.number(Setting.AUTH_TOKEN_TTL, 1, TOKEN_SECONDS_MAX)),
        (int) read.number(Setting.BCRYPT_COST, COST_MIN, COST_MAX),
        (int) read.number(Setting.AUTH_PASSWORD_LENGTH, 1, PASSWORD_BYTES_MAX),
        read.isTrue(Setting.CLIENT_CERT_AUTH));
  }
}

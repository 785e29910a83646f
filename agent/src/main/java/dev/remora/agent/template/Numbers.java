package dev.remora.agent.template;

import java.math.BigDecimal;

/** Numbers as text, the same in every format. */
final class Numbers {
  private static final int SCALE_MAX = 1_000;

  private Numbers() {}

  /** Without an exponent, and without a fraction where there is none. */
  static String text(Number number) {
    return switch (number) {
      case Double value when value.isNaN() || value.isInfinite() -> value.toString();
      case Double value -> plain(BigDecimal.valueOf(value));
      case Float value -> plain(new BigDecimal(value.toString()));
      case BigDecimal value when Math.abs((long) value.scale()) <= SCALE_MAX -> plain(value);
      default -> number.toString();
    };
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}

package dev.remora.agent.service;

import java.util.Locale;

/** What a check found, from good to bad. */
public enum CheckStatus {
  PASSING,
  WARNING,
  CRITICAL;

  /** The worse of two. */
  static CheckStatus worse(CheckStatus one, CheckStatus other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** The word for it in records, settings and answers. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  Instance.Status shown() {
    return switch (this) {
      case PASSING -> Instance.Status.PASSING;
      case WARNING -> Instance.Status.WARNING;
      case CRITICAL -> Instance.Status.CRITICAL;
    };
  }
}

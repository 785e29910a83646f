package dev.remora.server;

/** Starts and stops the server. */
public final class Main {
  private Main() {}

  /** Runs until stopped. */
  public static void main(String[] args) {
    System.err.println("not built yet");
    System.exit(1);
  }
}

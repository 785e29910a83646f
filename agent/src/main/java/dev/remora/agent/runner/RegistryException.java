package dev.remora.agent.runner;

/** The registry gave no usable answer. The message names the endpoint and what to look at. */
public final class RegistryException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes one from a whole sentence without values of keys. */
  public RegistryException(String message) {
    super(message);
  }

  /** Makes one that keeps what caused it. */
  public RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.remora.agent.process;

import java.lang.reflect.Proxy;

/**
 * Catches signals. The JVM's interface to signals is {@code sun.misc.Signal} alone, in the module
 * {@code jdk.unsupported}; it is called by reflection, since the compiler warns of it in a way that
 * cannot be silenced.
 */
public final class CaughtSignals {
  private CaughtSignals() {}

  /**
   * Runs this on a thread of the JVM's at each such signal from now on.
   *
   * @param name without {@code SIG}
   * @return false where there is no such signal, or the JVM keeps it: then it is never run
   */
  public static boolean handle(String name, Runnable handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object caught =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.run();
                }
                return null;
              });
      Object wanted = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handlerType).invoke(null, wanted, caught);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException _) {
      return false;
    }
  }
}

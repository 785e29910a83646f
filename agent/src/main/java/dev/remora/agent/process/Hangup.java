package dev.remora.agent.process;

import java.lang.reflect.Proxy;

/**
 * Catches SIGHUP. The JVM's interface to signals is {@code sun.misc.Signal} alone, in the module
 * {@code jdk.unsupported}; it is called by reflection, since the compiler warns of it in a way that
 * cannot be silenced.
 */
public final class Hangup {
  private Hangup() {}

  /**
   * Runs this on a thread of the JVM's at each SIGHUP from now on.
   *
   * @return false where there is no such signal: then it is never run
   */
  public static boolean handle(Runnable handler) {
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
      Object hangup = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handlerType).invoke(null, hangup, caught);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException _) {
      return false;
    }
  }
}

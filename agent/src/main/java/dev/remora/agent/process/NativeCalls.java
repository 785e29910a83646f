package dev.remora.agent.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * What Java has no interface for: signals but for two of them, and waiting for a process that
 * another one has started. Calls of Linux's C library (pidfd_open(2), pidfd_send_signal(2),
 * kill(2), waitpid(2)).
 *
 * <p>The JVM must have been started with {@code --enable-native-access=ALL-UNNAMED}, or it prints a
 * warning at the first of these calls. Nothing is linked before that.
 */
final class NativeCalls {
  private static final long PIDFD_SEND_SIGNAL = 424; // The same on every architecture.
  private static final long PIDFD_OPEN = 434;
  private static final int NO_WAIT = 1;
  private static final int NO_SUCH_CALL = 38;
  private static final int NO_SUCH_PROCESS = 3;
  private static final int NOT_PERMITTED = 1;
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      handle(
          "syscall",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle KILL =
      handle(
          "kill",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle WAITPID =
      handle(
          "waitpid",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));

  private NativeCalls() {}

  /** Tells whether a process is still the one that is meant. */
  interface Identity {
    void check() throws IOException;
  }

  /**
   * Sends a signal to a process, if it is the one that is meant: that is asked while the process
   * cannot be taken for another one any more.
   */
  static void signal(long pid, int signal, Identity identity) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long handle = (long) SYSCALL.invokeExact(state, PIDFD_OPEN, pid, 0L, 0L, 0L);
      if (handle < 0 && errno(state) == NO_SUCH_CALL) {
        identity.check();
        int sent = (int) KILL.invokeExact(state, Math.toIntExact(pid), signal);
        expect(sent, state, pid);
        return;
      }
      expect(handle, state, pid);
      try {
        identity.check();
        expect(
            (long) SYSCALL.invokeExact(state, PIDFD_SEND_SIGNAL, handle, (long) signal, 0L, 0L),
            state,
            pid);
      } finally {
        int _ = (int) CLOSE.invokeExact(state, (int) handle);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call of an unknown sort", e);
    }
  }

  /** Waits for a child that has ended, if it is one. */
  static void reap(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int _ = (int) WAITPID.invokeExact(state, Math.toIntExact(pid), MemorySegment.NULL, NO_WAIT);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call of an unknown sort", e);
    }
  }

  private static void expect(long result, MemorySegment state, long pid) throws IOException {
    if (result < 0) {
      int errno = errno(state);
      throw new IOException(
          switch (errno) {
            case NO_SUCH_PROCESS -> "there is no process " + pid;
            case NOT_PERMITTED ->
                "process " + pid + " is of another user: the agent may not send it a signal";
            default -> "process " + pid + " cannot be sent a signal: errno " + errno;
          });
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all = new Linker.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Linker.Option.captureCallState("errno");
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, all);
  }
}

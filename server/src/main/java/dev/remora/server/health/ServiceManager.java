package dev.remora.server.health;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that started this process, if it wants to be told how it does: systemd, by
 * the protocol of sd_notify(3). Where there is none, nothing is done.
 *
 * <p>The telling blocks for as long as the manager's socket is full; never on an event loop. What
 * goes wrong is logged, and changes nothing. Thread-safe.
 *
 * <p>Java has no datagrams over unix sockets, hence the calls of Linux's C library: socket(2),
 * sendto(2), close(2). Nothing is linked before the first of them.
 */
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  private final @Nullable String address;

  /**
   * The manager at a socket.
   *
   * @param address what {@code NOTIFY_SOCKET} says: an absolute path, or {@code @} and an abstract
   *     name
   */
  public ServiceManager(Optional<String> address) {
    this.address = address.filter(given -> !given.isEmpty()).orElse(null);
  }

  /** What this process was started for can be asked of it from now on. */
  public void tellReady() {
    tell("READY=1");
  }

  /** It is about to end. */
  public void tellStopping() {
    tell("STOPPING=1");
  }

  private void tell(String state) {
    if (address == null) {
      return;
    }
    try {
      Socket.send(address, state);
    } catch (IllegalArgumentException | IllegalStateException | UnsatisfiedLinkError e) {
      LOG.warn("the service manager at {} was not told {}: {}", address, state, e.getMessage());
    }
  }

  /** A class of its own, so that most processes never link what is in it. */
  private static final class Socket {
    private static final short UNIX = 1;
    private static final int DATAGRAM = 2;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NO_SIGNAL = 0x4000;

    /** Of {@code struct sockaddr_un}: the family, and a path of at most so many bytes. */
    private static final int FAMILY_BYTES = 2;

    private static final int PATH_BYTES_MAX = 108;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET =
        handle(
            "socket",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    private static final MethodHandle SEND_TO =
        handle(
            "sendto",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
        handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Socket() {}

    static void send(String address, String text) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment to = socketAddress(arena, address);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        MemorySegment message = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        MemorySegment state = arena.allocate(STATE);
        int socket = (int) SOCKET.invokeExact(state, (int) UNIX, DATAGRAM | CLOSE_ON_EXEC, 0);
        expect(socket, state);
        try {
          long sent =
              (long)
                  SEND_TO.invokeExact(
                      state,
                      socket,
                      message,
                      message.byteSize(),
                      NO_SIGNAL,
                      to,
                      (int) to.byteSize());
          expect(sent, state);
        } finally {
          int _ = (int) CLOSE.invokeExact(state, socket);
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("a native call of an unknown sort", e);
      }
    }

    /** An abstract name begins with a zero byte and has its length; a path ends with one. */
    private static MemorySegment socketAddress(Arena arena, String address) {
      boolean isAbstract = address.startsWith("@");
      if (!isAbstract && !address.startsWith("/")) {
        throw new IllegalArgumentException("neither a path nor an abstract socket");
      }
      byte[] name = address.getBytes(StandardCharsets.UTF_8);
      if (name.length >= PATH_BYTES_MAX) {
        throw new IllegalArgumentException("longer than a socket's name can be");
      }
      MemorySegment made = arena.allocate(FAMILY_BYTES + name.length + (isAbstract ? 0 : 1));
      made.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, UNIX);
      MemorySegment.copy(name, 0, made, ValueLayout.JAVA_BYTE, FAMILY_BYTES, name.length);
      if (isAbstract) {
        made.set(ValueLayout.JAVA_BYTE, FAMILY_BYTES, (byte) 0);
      }
      return made;
    }

    private static void expect(long result, MemorySegment state) {
      if (result < 0) {
        throw new IllegalStateException("errno " + (int) ERRNO.get(state, 0L));
      }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow(name),
          descriptor,
          Linker.Option.captureCallState("errno"));
    }
  }
}

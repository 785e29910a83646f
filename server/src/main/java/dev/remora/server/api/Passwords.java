package dev.remora.server.api;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes and checks passwords by bcrypt, which takes tens of milliseconds on purpose: on a thread
 * of its own with a bounded queue, so that who guesses passwords holds up nobody but others who
 * give one. What was right is remembered for a while, by a keyed hash. Any thread may use it.
 *
 * <p>A password is an array that is wiped once it was looked at.
 */
public final class Passwords implements AutoCloseable {
  /** Most bytes of a password: bcrypt looks at no more. */
  public static final int BYTES_MAX = 72;

  /** Most passwords that wait to be hashed; beyond it the next is refused. */
  static final int WAITING_MAX = 64;

  private static final int REMEMBERED_MAX = 10_000;
  private static final long REMEMBERED_SECONDS = 300;
  private static final String ALGORITHM = "HmacSHA256";
  private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);

  private final int cost;
  private final ThreadPoolExecutor worker;
  private final SecretKeySpec key;
  private final Cache<Bytes, Boolean> right =
      Caffeine.newBuilder()
          .maximumSize(REMEMBERED_MAX)
          .expireAfterWrite(REMEMBERED_SECONDS, TimeUnit.SECONDS)
          .executor(Runnable::run)
          .build();

  /** The auth revision that what is remembered belongs to. */
  private final AtomicLong revision = new AtomicLong();

  /** Of no password that anybody has: users that do not exist take as long as those that do. */
  private final byte[] nobody;

  /** What came of a check. */
  public enum Verdict {
    RIGHT,
    WRONG,
    /** Too many wait already; it was not looked at. */
    BUSY
  }

  /**
   * Begins.
   *
   * @param cost bcrypt's, the logarithm of its rounds, 4 to 31
   */
  public Passwords(int cost, SecureRandom random) {
    this.cost = cost;
    this.worker =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            task -> {
              Thread thread = new Thread(task, "passwords");
              thread.setDaemon(true);
              return thread;
            });
    byte[] drawn = new byte[32];
    random.nextBytes(drawn);
    this.key = new SecretKeySpec(drawn, ALGORITHM);
    this.nobody = nobody(cost);
  }

  /** A hash that is well-formed, of what nobody knows. */
  private static byte[] nobody(int cost) {
    String text = "$2a$%02d$".formatted(cost) + ".".repeat(53);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Hashes a password, which is wiped.
   *
   * @param owner where the answer is given
   * @param done is told nothing if too many wait already
   */
  public void hash(byte[] password, Executor owner, Consumer<Optional<Bytes>> done) {
    if (password.length > BYTES_MAX) {
      throw new IllegalArgumentException("a password of " + password.length + " bytes");
    }
    submit(
        password,
        () -> Optional.of(Bytes.wrap(BCrypt.withDefaults().hash(cost, password))),
        Optional.empty(),
        owner,
        done);
  }

  /**
   * Checks a password, which is wiped; a user that does not exist has none. What was right before
   * is answered before this returns.
   */
  public void check(
      AuthState auth, String name, byte[] password, Executor owner, Consumer<Verdict> done) {
    forgetOnChange(auth);
    Optional<Bytes> hash = auth.user(name).map(User::hash).filter(known -> !known.isEmpty());
    Optional<Bytes> mark = hash.map(known -> mark(known, name, password));
    if (mark.isPresent() && right.getIfPresent(mark.get()) != null) {
      Arrays.fill(password, (byte) 0);
      done.accept(Verdict.RIGHT);
      return;
    }
    submit(
        password,
        () -> {
          boolean isRight =
              verify(password, hash.map(Bytes::array).orElse(nobody)) && hash.isPresent();
          if (isRight && revision.get() == auth.revision()) {
            mark.ifPresent(found -> right.put(found, true));
          }
          return isRight ? Verdict.RIGHT : Verdict.WRONG;
        },
        Verdict.BUSY,
        owner,
        done);
  }

  private static boolean verify(byte[] password, byte[] hash) {
    boolean isTooLong = password.length > BYTES_MAX;
    byte[] looked = isTooLong ? Arrays.copyOf(password, BYTES_MAX) : password;
    return BCrypt.verifyer().verify(looked, hash).verified && !isTooLong;
  }

  private <T> void submit(
      byte[] password, Supplier<T> task, T busy, Executor owner, Consumer<T> done) {
    try {
      worker.execute(() -> {
        T answer = busy;
        try {
          answer = task.get();
        } catch (RuntimeException e) {
          LOG.error("a password could not be looked at: {}", e.getClass().getName());
        } finally {
          Arrays.fill(password, (byte) 0);
        }
        T given = answer;
        owner.execute(() -> done.accept(given));
      });
    } catch (RejectedExecutionException _) {
      Arrays.fill(password, (byte) 0);
      done.accept(busy);
    }
  }

  private void forgetOnChange(AuthState auth) {
    if (revision.getAndSet(auth.revision()) != auth.revision()) {
      right.invalidateAll();
    }
  }

  /** What is remembered of a password that is right: nobody can tell the password by it. */
  private Bytes mark(Bytes hash, String name, byte[] password) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(hash.array()); // Of a fixed length, as each part but the last must be.
      byte[] user = name.getBytes(StandardCharsets.UTF_8);
      mac.update((byte) (user.length >> 8));
      mac.update((byte) user.length);
      mac.update(user);
      mac.update(password);
      return Bytes.wrap(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** Stops the thread; what waits is not answered. */
  @Override
  public void close() {
    worker.shutdownNow();
  }
}

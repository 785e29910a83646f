package dev.remora.agent.output;

import dev.remora.agent.runner.OutputFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rendered files.
 *
 * <p>A destination that is a symbolic link stands for what it points to: the target is replaced and
 * the link stays, as an editor does it. A link that points nowhere is refused, and so is anything
 * but a regular file.
 */
public final class Destinations implements OutputFiles {
  private static final String STAGED_PREFIX = ".remora-";
  private static final String STAGED_SUFFIX = ".tmp";
  private static final int STAGED_RANDOM_BYTES = 8;
  private static final int MODE_DEFAULT = 0644;
  private static final int MODE_BITS = 0777;
  private static final long TEXT_BYTES_MAX = 64L << 20;

  private final SecureRandom random = new SecureRandom();

  @Override
  public Optional<String> hash(Path destination) throws IOException {
    Path file = resolved(destination);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return Optional.of(HexFormat.of().formatHex(in.getMessageDigest().digest()));
    } catch (FileSystemException e) {
      throw DurableFiles.explained("cannot read " + destination, e);
    }
  }

  @Override
  public Optional<String> text(Path destination) throws IOException {
    Path file = resolved(destination);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > TEXT_BYTES_MAX) {
        throw new IOException(destination + " is larger than " + TEXT_BYTES_MAX + " bytes");
      }
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileSystemException e) {
      throw DurableFiles.explained("cannot read " + destination, e);
    }
  }

  @Override
  public Staged stage(Path destination, String text, @Nullable Integer mode) throws IOException {
    Path file = resolved(destination);
    Path staged = file.resolveSibling(stagedName(file));
    try {
      DurableFiles.create(staged, text.getBytes(StandardCharsets.UTF_8));
      dress(staged, file, mode);
      DurableFiles.sync(staged);
    } catch (IOException e) {
      removeQuietly(staged, e);
      throw DurableFiles.explained("cannot write " + destination + " (the old file stands)", e);
    }
    return new Staged(staged, destination);
  }

  @Override
  public void replace(Staged staged) throws IOException {
    Path file = resolved(staged.destination());
    try {
      Files.move(staged.path(), file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!isMount(e)) {
        throw DurableFiles.explained("cannot replace " + staged.destination(), e);
      }
      overwrite(file, staged.path());
      return;
    }
    DurableFiles.sync(parent(file));
  }

  @Override
  public void discard(Staged staged) throws IOException {
    Files.deleteIfExists(staged.path());
  }

  /**
   * Removes what a killed agent left staged for this destination. To be called at start, before
   * anything is staged.
   */
  public void removeStale(Path destination) throws IOException {
    Path file = resolved(destination);
    Path directory = parent(file);
    if (!Files.isDirectory(directory)) {
      return;
    }
    String prefix = STAGED_PREFIX + file.getFileName() + ".";
    int length = prefix.length() + 2 * STAGED_RANDOM_BYTES + STAGED_SUFFIX.length();
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            directory,
            path -> {
              String name = path.getFileName().toString();
              return name.startsWith(prefix)
                  && name.endsWith(STAGED_SUFFIX)
                  && name.length() == length
                  && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
            })) {
      for (Path stale : left) {
        Files.deleteIfExists(stale);
      }
    }
  }

  /** The file that is meant: the target of a link, and nothing but a regular file. */
  private static Path resolved(Path destination) throws IOException {
    Path file = destination.toAbsolutePath().normalize();
    if (Files.isSymbolicLink(file)) {
      try {
        file = file.toRealPath();
      } catch (IOException e) {
        throw new IOException(
            "destination " + destination + " is a symbolic link that leads nowhere: remove it", e);
      }
    }
    if (Files.isDirectory(file)) {
      throw new IOException("destination " + destination + " is a directory: name a file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("destination " + destination + " is not a regular file");
    }
    return file;
  }

  private String stagedName(Path file) {
    byte[] bytes = new byte[STAGED_RANDOM_BYTES];
    random.nextBytes(bytes);
    return STAGED_PREFIX
        + file.getFileName()
        + "."
        + HexFormat.of().formatHex(bytes)
        + STAGED_SUFFIX;
  }

  /** Owner first: a change of owner clears mode bits. */
  private static void dress(Path staged, Path file, @Nullable Integer mode) throws IOException {
    int bits = mode == null ? MODE_DEFAULT : mode;
    if (Files.exists(file)) {
      keepOwner(staged, file);
      if (mode == null) {
        bits = (int) Files.getAttribute(file, "unix:mode");
      }
    }
    Files.setAttribute(staged, "unix:mode", bits & MODE_BITS);
  }

  private static void keepOwner(Path staged, Path file) throws IOException {
    for (String attribute : new String[] {"unix:uid", "unix:gid"}) {
      Object wanted = Files.getAttribute(file, attribute);
      if (!wanted.equals(Files.getAttribute(staged, attribute))) {
        Files.setAttribute(staged, attribute, wanted);
      }
    }
  }

  /** Whether a rename failed since the destination is a mount of its own, as in a container. */
  private static boolean isMount(FileSystemException e) {
    String reason = String.valueOf(e.getReason()).toLowerCase(Locale.ROOT);
    return e instanceof AtomicMoveNotSupportedException || reason.contains("busy");
  }

  /** Writes in place; what was there is put back if that fails. */
  static void overwrite(Path file, Path staged) throws IOException {
    byte[] before = Files.readAllBytes(file);
    byte[] after = Files.readAllBytes(staged);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      try {
        rewrite(channel, after);
      } catch (IOException e) {
        rewrite(channel, before);
        throw e;
      }
    } catch (IOException e) {
      throw DurableFiles.explained("cannot write " + file + " in place", e);
    }
    Files.deleteIfExists(staged);
  }

  private static void rewrite(FileChannel channel, byte[] content) throws IOException {
    channel.position(0);
    DurableFiles.writeAll(channel, content);
    channel.truncate(content.length);
    channel.force(true);
  }

  private static Path parent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException("destination " + file + " is not a file");
    }
    return parent;
  }

  private static void removeQuietly(Path staged, IOException cause) {
    try {
      Files.deleteIfExists(staged);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

package dev.remora.agent.output;

import dev.remora.agent.runner.TemplateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Modes and owners of files. */
final class Dress {
  private static final int MODE_DEFAULT = 0644;
  private static final int MODE_SENSITIVE = 0600;
  private static final int MODE_BITS = 0777;

  private Dress() {}

  /**
   * Gives a staged file what its template asks for, else what the old file has. Owner first: a
   * change of owner clears mode bits.
   */
  static void put(Path staged, Path old, TemplateSpec how) throws IOException {
    boolean isThere = Files.exists(old);
    if (isThere) {
      keep(staged, old, "unix:uid");
      keep(staged, old, "unix:gid");
    }
    own(staged, how);
    int bits = isThere ? (int) Files.getAttribute(old, "unix:mode") : MODE_DEFAULT;
    set(staged, wanted(how, bits));
  }

  /** Gives a file that did not exist what its template asks for. */
  static void fresh(Path file, TemplateSpec how) throws IOException {
    own(file, how);
    set(file, wanted(how, MODE_DEFAULT));
  }

  /** Gives a file that is in its place what its template asks for, and else leaves it. */
  static void correct(Path file, TemplateSpec how) throws IOException {
    own(file, how);
    set(file, wanted(how, (int) Files.getAttribute(file, "unix:mode")));
  }

  private static int wanted(TemplateSpec how, int otherwise) {
    if (how.mode() != null) {
      return how.mode();
    }
    return how.isSensitive() ? MODE_SENSITIVE : otherwise;
  }

  private static void set(Path file, int bits) throws IOException {
    int before = (int) Files.getAttribute(file, "unix:mode");
    if ((before & MODE_BITS) != (bits & MODE_BITS)) {
      Files.setAttribute(file, "unix:mode", bits & MODE_BITS);
    }
  }

  private static void keep(Path staged, Path old, String attribute) throws IOException {
    Object wanted = Files.getAttribute(old, attribute);
    if (!wanted.equals(Files.getAttribute(staged, attribute))) {
      Files.setAttribute(staged, attribute, wanted);
    }
  }

  private static void own(Path file, TemplateSpec how) throws IOException {
    UserPrincipalLookupService known = file.getFileSystem().getUserPrincipalLookupService();
    if (how.owner() != null) {
      UserPrincipal owner = user(known, how.owner());
      if (!owner.equals(Files.getAttribute(file, "posix:owner"))) {
        Files.setAttribute(file, "posix:owner", owner);
      }
    }
    if (how.group() != null) {
      GroupPrincipal group = group(known, how.group());
      if (!group.equals(Files.getAttribute(file, "posix:group"))) {
        Files.setAttribute(file, "posix:group", group);
      }
    }
  }

  private static UserPrincipal user(UserPrincipalLookupService known, String name)
      throws IOException {
    try {
      return known.lookupPrincipalByName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("there is no user " + name, e);
    }
  }

  private static GroupPrincipal group(UserPrincipalLookupService known, String name)
      throws IOException {
    try {
      return known.lookupPrincipalByGroupName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("there is no group " + name, e);
    }
  }
}

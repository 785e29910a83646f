package dev.remora.agent.output;

import dev.remora.agent.template.TemplateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A template directory on disk. A symbolic link is followed only within it. */
public final class TemplateDirectory implements TemplateFiles {
  private static final int BYTES_MAX = 4 << 20;

  private final Path directory;

  /** The directory need not exist yet. */
  public TemplateDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public Content read(String path) {
    try {
      Path root = directory.toRealPath();
      Path file = root.resolve(path).toRealPath();
      if (!file.startsWith(root)) {
        return new Content.Refused("it leads out of the template directory");
      }
      if (!Files.isRegularFile(file)) {
        return new Content.Refused("not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(BYTES_MAX + 1);
        if (bytes.length > BYTES_MAX) {
          return new Content.Refused("larger than " + BYTES_MAX + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Content.Text(StandardCharsets.UTF_8.newDecoder().decode(buffer).toString());
      }
    } catch (NoSuchFileException e) {
      return new Content.Refused("no such file");
    } catch (AccessDeniedException e) {
      return new Content.Refused("permission denied");
    } catch (CharacterCodingException e) {
      return new Content.Refused("not UTF-8 text");
    } catch (IOException e) {
      return new Content.Refused("cannot be read");
    }
  }
}

package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CertificateNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=bob | bob",
        "CN=bob,OU=ops,O=example | bob",
        "OU=CN=eve,CN=bob | bob",
        "O=example\\,CN=eve,CN=bob | bob",
        "CN=a\\,b | a,b",
      })
  void theCommonNameIsTheUser(String subject, String name) {
    assertThat(CertificateName.commonName(subject)).contains(name);
  }

  @Test
  void aCertificateWithoutACommonNameNamesNobody() {
    assertThat(CertificateName.commonName("O=CN")).isEmpty();
    assertThat(CertificateName.commonName("CN=")).isEmpty();
    assertThat(CertificateName.commonName("no name")).isEmpty();
  }
}

package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import io.vertx.core.http.HttpMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which operation a request is, and which error the first is. */
final class KeysDecoderTest {
  private static final Bytes PATH = Bytes.utf8("/a");
  private static final long NOW = 1_700_000_000_000_000_000L;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|a=%zz|210|invalid URL escape \"%zz\"",
        "GET|a=%2|210|invalid URL escape \"%2\"",
        "GET|%zz;&prevIndex=x|210|invalid semicolon separator in query",
        "GET|a=%zz&b;c|210|invalid semicolon separator in query",
        "GET|waitIndex=x&prevIndex=x|203|invalid value for \"prevIndex\"",
        "GET|waitIndex=-1|203|invalid value for \"waitIndex\"",
        "GET|waitIndex=|203|invalid value for \"waitIndex\"",
        "GET|waitIndex=%2B1|203|invalid value for \"waitIndex\"",
        "GET|waitIndex=18446744073709551616|203|invalid value for \"waitIndex\"",
        "GET|wait=x&recursive=yes&sorted=x|209|invalid value for \"recursive\"",
        "GET|recursive|209|invalid value for \"recursive\"",
        "GET|sorted=tRUE&wait=x|209|invalid value for \"sorted\"",
        "GET|wait=2&dir=x|209|invalid value for \"wait\"",
        "GET|dir=x&quorum=x|209|invalid value for \"dir\"",
        "GET|quorum=x&stream=x|209|invalid value for \"quorum\"",
        "GET|stream=x&prevValue=|209|invalid value for \"stream\"",
        "PUT|wait=true&prevValue=|209|\"wait\" can only be used with GET requests",
        "HEAD|wait=true|209|\"wait\" can only be used with GET requests",
        "GET|prevValue=&noValueOnSuccess=x|201|\"prevValue\" cannot be empty",
        "PUT|noValueOnSuccess=x&ttl=x|209|invalid value for \"noValueOnSuccess\"",
        "PUT|ttl=-1&prevExist=x|202|invalid value for \"ttl\"",
        "PUT|prevExist=&refresh=x|209|invalid value for prevExist",
        "PUT|refresh=x|209|invalid value for refresh",
        "PUT|refresh=true&value=x|211|A value was provided on a refresh",
        "PUT|refresh=true&ttl=|212|No TTL value set",
      })
  void theFirstErrorInEtcdsOrderIsReported(String method, String query, int code, String cause) {
    KeysRequest request = decode(method, query);

    assertThat(request).isInstanceOf(KeysRequest.Invalid.class);
    KeysError error = ((KeysRequest.Invalid) request).error();
    assertThat(error.code().number()).isEqualTo(code);
    assertThat(error.cause()).isEqualTo(Bytes.utf8(cause));
    assertThat(error.index()).isZero();
  }

  @Test
  void aPutIsWhatItsConditionsMakeIt() {
    assertThat(write("PUT", "value=v"))
        .isEqualTo(new TreeWrite.Set(PATH, Bytes.utf8("v"), false, Version.PERMANENT, false));
    assertThat(write("PUT", "prevExist=false&prevIndex=3&dir=1"))
        .isEqualTo(new TreeWrite.Create(PATH, Bytes.EMPTY, true, Version.PERMANENT));
    assertThat(write("PUT", "prevExist=true&value=v"))
        .isEqualTo(new TreeWrite.Update(PATH, Bytes.utf8("v"), Version.PERMANENT, false));
    assertThat(write("PUT", "prevExist=true&prevIndex=3&value=v"))
        .isEqualTo(swap(Bytes.utf8("v"), Bytes.EMPTY, 3));
    assertThat(write("PUT", "prevValue=o&prevIndex=0"))
        .isEqualTo(swap(Bytes.EMPTY, Bytes.utf8("o"), 0));
  }

  @Test
  void aDeleteOrPostIsWhatItsParametersMakeIt() {
    assertThat(write("DELETE", "recursive=true&prevExist=false"))
        .isEqualTo(new TreeWrite.Delete(PATH, false, true));
    assertThat(write("DELETE", "prevIndex=18446744073709551615&dir=true"))
        .isEqualTo(new TreeWrite.CompareAndDelete(PATH, Bytes.EMPTY, -1));
    assertThat(write("POST", "value=v&prevExist=true&prevValue=x"))
        .isEqualTo(new TreeWrite.CreateInOrder(PATH, Bytes.utf8("v"), false, Version.PERMANENT));
  }

  @Test
  void aQuorumReadIsNoWatch() {
    assertThat(decode("GET", "wait=true&quorum=true&recursive=T"))
        .isEqualTo(new KeysRequest.Read(PATH, true, true));
    assertThat(decode("GET", "wait=true&waitIndex=7&stream=1"))
        .isEqualTo(new KeysRequest.Watch(PATH, false, true, 7));
    assertThat(decode("HEAD", "quorum=true")).isEqualTo(new KeysRequest.Read(PATH, false, false));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1700000000000000000",
    "5, 1700000005000000000",
    "18446744073709551615, 1699999999000000000",
    "9223372036, -7523372037709551616",
  })
  void aTtlCountsFromNowAndWrapsAround(String ttl, long expiration) {
    assertThat(write("PUT", "ttl=" + ttl))
        .isEqualTo(new TreeWrite.Set(PATH, Bytes.EMPTY, false, expiration, false));
  }

  @Test
  void theBodyWinsOverTheQueryAndTheFirstOverTheNext() {
    Form form = new Form();
    form.add("value=body&value=second".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    form.add("value=query&ttl=&unknown=%00");

    KeysRequest request = KeysDecoder.decode(HttpMethod.PUT, PATH, form, NOW);

    assertThat(request)
        .isEqualTo(
            new KeysRequest.Write(
                new TreeWrite.Set(PATH, Bytes.utf8("body"), false, Version.PERMANENT, false),
                false));
  }

  private static TreeWrite swap(Bytes value, Bytes previousValue, long previousIndex) {
    return new TreeWrite.CompareAndSwap(
        PATH, value, previousValue, previousIndex, Version.PERMANENT, false);
  }

  private static TreeWrite write(String method, String query) {
    return ((KeysRequest.Write) decode(method, query)).write();
  }

  private static KeysRequest decode(String method, String query) {
    Form form = new Form();
    form.add(query);
    return KeysDecoder.decode(HttpMethod.valueOf(method), PATH, form, NOW);
  }
}

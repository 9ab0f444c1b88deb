package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The value types: what they refuse, and that text and value are the same thing. */
class ValuesTest {

    @Test
    void pathsAreOrderedByCodePointSoThatParentsComeFirst() {
        List<String> sorted = Stream.of("a\uD83D\uDE00", "a\uFF21", "b", "a/b", "a", "a.b", "a-b")
                .map(RelativePath::new)
                .sorted()
                .map(RelativePath::value)
                .toList();

        assertThat(sorted).containsExactly("a", "a-b", "a.b", "a/b", "a\uFF21", "a\uD83D\uDE00", "b");
    }

    @Test
    void aPathKnowsItsParentNameAndDepth() {
        RelativePath path = new RelativePath("src/shop/cart.py");

        assertThat(path.parent()).isEqualTo(new RelativePath("src/shop"));
        assertThat(path.name()).isEqualTo("cart.py");
        assertThat(path.depth()).isEqualTo(3);
        assertThat(new RelativePath("a").parent()).isNull();
        assertThat(new RelativePath("src").isAncestorOf(path)).isTrue();
        assertThat(new RelativePath("sr").isAncestorOf(path)).isFalse();
    }

    @Test
    void pathsThatDifferOnlyByCaseHaveOneCollisionKey() {
        assertThat(key("Straße/README")).isEqualTo(key("STRASSE/readme"));
        assertThat(key("ΣΑΣ")).isEqualTo(key("σας"));
        assertThat(key("ı")).isNotEqualTo(key("i"));
    }

    private static String key(String path) {
        return new RelativePath(path).collisionKey();
    }

    @Test
    void aDigestIsTheSha256OfContent() throws Exception {
        Digest empty = Digest.of("");

        assertThat(empty.hex()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(Digest.parse(empty.hex())).isEqualTo(empty);
        assertThat(Digest.ofBytes(empty.bytes())).isEqualTo(empty);
        assertThatThrownBy(() -> Digest.parse(empty.hex().toUpperCase(java.util.Locale.ROOT)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void theTreeDigestFollowsAChangeWhateverTheOrder() throws Exception {
        Entry file = new Entry.File(new RelativePath("a.py"), 0, Digest.of(""), false);
        Entry directory = new Entry.Directory(new RelativePath("d"));
        Entry link = new Entry.Symlink(new RelativePath("l"), "a.py");

        TreeDigest all = TreeDigest.of(List.of(file, directory, link));

        assertThat(TreeDigest.of(List.of(link, file, directory))).isEqualTo(all);
        assertThat(all.without(link).without(file)).isEqualTo(TreeDigest.of(List.of(directory)));
        assertThat(all.without(link).without(file).without(directory)).isEqualTo(TreeDigest.EMPTY);
        assertThat(TreeDigest.EMPTY.hex()).isEqualTo("0".repeat(64));
        assertThat(TreeDigest.parse(all.hex())).isEqualTo(all);
    }

    @Test
    void unknownFieldsAreIgnoredAndKnownOnesOfAWrongTypeRefused() throws Exception {
        Id epoch = Id.random();

        assertThat(Cursor.fromJson(ProtocolJson.parse("{\"epoch\":\"" + epoch + "\",\"sequence\":7,\"new\":[1.5]}")))
                .isEqualTo(new Cursor(epoch, 7));
        assertThatThrownBy(
                        () -> Cursor.fromJson(ProtocolJson.parse("{\"epoch\":\"" + epoch + "\",\"sequence\":\"7\"}")))
                .hasMessage("field sequence is not an integer");
    }

    @Test
    void anErrorAboutANameThatIsNotUnicodeCanBeSent() throws Exception {
        ProtocolException refused = ProtocolException.pathRefused("a\uD800.py", PathReason.NOT_UTF8);

        ErrorBody sent = ErrorBody.of(refused, null);
        ErrorBody got = ErrorBody.fromJson(
                ProtocolJson.parse(ProtocolJson.bytes(sent.toJson().build())));

        assertThat(got.code()).isEqualTo("path_refused");
        assertThat(got.reason()).isEqualTo("not_utf8");
        assertThat(got.path()).isEqualTo("a\uFFFD.py");
        assertThat(got.message()).contains("'a\\ud800.py'");
    }

    @Test
    void aPeersTextIsShownShortAndWithoutControlCharacters() {
        assertThat(Quoted.of("a\nb\u001b[2J")).isEqualTo("'a\\u000ab\\u001b[2J'");
        assertThat(Quoted.of("x".repeat(5000))).hasSizeLessThan(130).endsWith("…'");
    }
}

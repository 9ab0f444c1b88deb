package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every path and for every text. */
class PathPropertyTest {

    @Property(tries = 5000)
    void theShortWayRefusesWhatTheRulesRefuse(@ForAll("nearPaths") String text) {
        assertThat(PathRules.refusal(text)).isEqualTo(PathRules.firstRefusal(text));
    }

    @Property(tries = 5000)
    void whatStandsAboveAPathIsOneToo(@ForAll("nearPaths") String text) {
        if (RelativePath.refusal(text).isEmpty()) {
            RelativePath parent = new RelativePath(text).parent();
            assertThat(parent == null ? null : PathRules.firstRefusal(parent.value()))
                    .isNull();
        }
    }

    @Property
    void noTextIsTooStrangeForTheRules(@ForAll String text) {
        if (RelativePath.refusal(text).isEmpty()) {
            assertThat(Normalizer.isNormalized(text, Normalizer.Form.NFC)).isTrue();
            assertThat(text).doesNotContain("\\", "\0", "//").doesNotStartWith("/");
        }
    }

    @Property
    void theOrderIsThatOfCodePoints(@ForAll("paths") RelativePath a, @ForAll("paths") RelativePath b) {
        int[] x = a.value().codePoints().toArray();
        int[] y = b.value().codePoints().toArray();

        assertThat(Integer.signum(a.compareTo(b))).isEqualTo(Integer.signum(Arrays.compare(x, y)));
    }

    @Property
    void aCollisionKeyDoesNotDependOnCase(@ForAll("paths") RelativePath path) {
        assertThat(CaseFold.fold(path.value().toUpperCase(Locale.ROOT))).isEqualTo(path.collisionKey());
    }

    @Provide
    Arbitrary<String> nearPaths() {
        return Arbitraries.strings()
                .withChars("conCON.. //aux1prnlt0-_~:é\u0301\u0001 \\")
                .ofMaxLength(12);
    }

    @Provide
    Arbitrary<RelativePath> paths() {
        return Arbitraries.strings()
                .withChars("abAB/éÉßσς日\uD83D\uDE00\uFF21._")
                .ofMinLength(1)
                .ofMaxLength(10)
                .filter(text -> RelativePath.refusal(text).isEmpty())
                .map(RelativePath::new);
    }
}

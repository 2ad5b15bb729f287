using CodexService.Agent.Tools;

namespace CodexService.Agent.Tests.Tools;

public sealed class UntrustedTextTests
{
    [Theory]
    [InlineData("plain\ttext\n", "plain\ttext\n", 0)]
    [InlineData("a\u001b[1;31mb\u001b[0mc", "abc", 0)]
    [InlineData("a\u001b]0;title\u0007b\u001b]8;;http://x\u001b\\c", "abc", 0)]
    [InlineData("a\u001b]0;never ends\nsecond line", "a]0;never ends\nsecond line", 0)]
    [InlineData("a\u001b(Bb\u009b1mc\u001b", "abc", 0)]
    [InlineData("a\0\a\b\u007f\u0085b", "ab", 0)]
    [InlineData("a\u200b\u200d\u2060\ufeff\u00adb", "ab", 5)]
    [InlineData("a\u202eb\u2066c\u2069", "abc", 3)]
    [InlineData("a\U000E0049\U000E0067\U000E0001b", "ab", 3)]
    [InlineData("x\ufe01\ufe0f\U000E0100", "x", 3)]
    [InlineData("👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3 \u0646\u200c\u0647", "👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3 \u0646\u200c\u0647", 0)]
    [InlineData("👩\u200d\u200d💻", "👩\u200d💻", 1)]
    [InlineData("שלום 你好 é", "שלום 你好 é", 0)]
    public void Clean_Text_KeepsWhatAPersonSees(string text, string expected, int hidden)
    {
        Assert.Equal(expected, UntrustedText.Clean(text, out var found));
        Assert.Equal(hidden, found);
    }

    [Fact]
    public void Clean_HalfOfAPair_BecomesAReplacementCharacter() => Assert.Equal("a\ufffdb", UntrustedText.Clean("a\ud800b", out _));

    [Fact]
    public void Line_Anything_IsOneShortLine()
    {
        Assert.Equal("a b c", UntrustedText.Line(" a\nb\tc\u200b "));
        Assert.Equal(200, UntrustedText.Line(new string('x', 500)).Length);
    }
}

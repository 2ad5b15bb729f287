using System.Text;
using CodexService.GitHub.Webhooks;

namespace CodexService.GitHub.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    // The example of docs.github.com, "Validating webhook deliveries".
    private const string Secret = "It's a Secret to Everybody";
    private const string Body = "Hello, World!";
    private const string Good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    [Fact]
    public void IsValid_ExampleOfTheDocumentation_IsTrue() => Assert.True(new WebhookSignature(Secret).IsValid(Encoding.UTF8.GetBytes(Body), Good));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17aa")]
    [InlineData("sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    public void IsValid_Forged_IsFalse(string? signature) => Assert.False(new WebhookSignature(Secret).IsValid(Encoding.UTF8.GetBytes(Body), signature));

    [Fact]
    public void IsValid_OtherBodyOrSecret_IsFalse()
    {
        Assert.False(new WebhookSignature(Secret).IsValid("Hello, World?"u8, Good));
        Assert.False(new WebhookSignature("other").IsValid(Encoding.UTF8.GetBytes(Body), Good));
    }

    [Fact]
    public void Create_EmptySecret_IsRefused() => Assert.Throws<ArgumentException>(() => new WebhookSignature(" "));
}

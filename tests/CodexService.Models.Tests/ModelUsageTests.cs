namespace CodexService.Models.Tests;

public sealed class ModelUsageTests
{
    [Fact]
    public void Sum_AddsEveryPart() =>
        Assert.Equal(new ModelUsage(11, 7, 5, 0.3m), new ModelUsage(1, 2, 3, 0.1m) + new ModelUsage(10, 5, 2, 0.2m));
}

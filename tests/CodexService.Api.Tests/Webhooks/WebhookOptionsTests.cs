using System.ComponentModel.DataAnnotations;
using CodexService.Api.Webhooks;

namespace CodexService.Api.Tests.Webhooks;

public sealed class WebhookOptionsTests
{
    [Theory]
    [InlineData(14, true)]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public void KeptFor_ShorterThanGitHubIsAskedForMissedDeliveries_IsNotTaken(int days, bool isTaken)
    {
        var options = new WebhookOptions { KeptFor = TimeSpan.FromDays(days) };
        var problems = new List<ValidationResult>();

        Assert.Equal(isTaken, Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true));
        Assert.All(problems, problem => Assert.StartsWith("Webhooks:KeptFor has to be from three days", problem.ErrorMessage, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(26_214_401, false)]
    public void MaxBodyBytes_WithoutASetting_IsTheMostThatGitHubSends(int? bytes, bool isTaken)
    {
        var options = new WebhookOptions();
        Assert.Equal(25 * 1024 * 1024, options.MaxBodyBytes);
        options.MaxBodyBytes = bytes ?? options.MaxBodyBytes;

        Assert.Equal(isTaken, Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true));
    }
}

using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Transport;
using static CodexService.GitHub.Tests.Transport.ScriptedAnswers;

namespace CodexService.GitHub.Tests.Transport;

public sealed class LongListsTests
{
    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(4, new[] { 1, 2, 3, 4 })]
    [InlineData(5, new[] { 1, 3, 4, 5 })]
    [InlineData(90, new[] { 1, 88, 89, 90 })]
    public async Task Read_LongerThanIsRead_IsTheFirstPageAndTheNewest(int pages, int[] read)
    {
        using var transport = Transport(pages, tellsLast: true);

        Assert.Equal(read, await LongLists.ReadAsync<int>(transport, new GitHubRequest(HttpMethod.Get, "items?per_page=1", "read"), "t", 4, default));
    }

    [Fact]
    public async Task Read_LastPageNotTold_IsReadFromTheFront()
    {
        using var transport = Transport(9, tellsLast: false);

        Assert.Equal([1, 2, 3, 4], await LongLists.ReadAsync<int>(transport, new GitHubRequest(HttpMethod.Get, "items?per_page=1", "read"), "t", 4, default));
    }

    private static GitHubTransport Transport(int pages, bool tellsLast) => new(
        new HttpClient(new ScriptedAnswers(asked =>
        {
            var page = asked.RequestUri!.Query.Split("&page=") is [_, var number] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 1;
            const string Items = "https://api.test/items?per_page=1&page=";
            var last = tellsLast ? $", <{Items}{pages}>; rel=\"last\"" : "";
            return Json(HttpStatusCode.OK, $"[{page}]", page < pages ? [("Link", $"<{Items}{page + 1}>; rel=\"next\"{last}")] : [])(asked);
        })),
        new GitHubOptions { ApiUrl = new Uri("https://api.test/") },
        TimeProvider.System);
}

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CodexService.Testing.GitHub;

/// <summary>What people do on the emulated GitHub with the ordinary API.</summary>
public static class EmulatedPeople
{
    /// <summary>Opens an issue as a person and returns its number.</summary>
    public static async Task<int> OpenIssueAsync(this EmulatorFixture emulator, string repository, string login, string title, string body, params string[] labels) =>
        (await emulator.SendAsync(login, HttpMethod.Post, $"repos/{repository}/issues", new { title, body, labels })).GetProperty("number").GetInt32();

    /// <summary>Comments on an issue or pull request as a person and returns the comment's id.</summary>
    public static async Task<long> CommentAsync(this EmulatorFixture emulator, string repository, string login, int number, string body) =>
        (await emulator.SendAsync(login, HttpMethod.Post, $"repos/{repository}/issues/{number}/comments", new { body })).GetProperty("id").GetInt64();

    /// <summary>Any call as a person, whose account and token <c>ghp_&lt;login&gt;</c> are made when needed.</summary>
    /// <exception cref="InvalidOperationException">The call failed; the message says how.</exception>
    public static async Task<JsonElement> SendAsync(this EmulatorFixture emulator, string login, HttpMethod method, string path, object? body = null)
    {
        await emulator.Control.AddPersonAsync(login, $"ghp_{login}");
        using var http = new HttpClient { BaseAddress = emulator.Api };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"ghp_{login}");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? text.Length == 0 ? default : JsonDocument.Parse(text).RootElement
            : throw new InvalidOperationException($"{method} {path} as {login}: {(int)answer.StatusCode} {text}");
    }
}

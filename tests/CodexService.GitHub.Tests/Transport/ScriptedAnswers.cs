using System.Net;
using System.Text;

namespace CodexService.GitHub.Tests.Transport;

/// <summary>A fake of GitHub's end of the wire: answers in order, the last one for ever, and keeps what it was asked.</summary>
internal sealed class ScriptedAnswers(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private readonly List<(string Method, string Address, string? Token, string? IfNoneMatch, string Body)> asked = [];

    public IReadOnlyList<(string Method, string Address, string? Token, string? IfNoneMatch, string Body)> Asked => asked;

    public static Func<HttpRequestMessage, HttpResponseMessage> Json(HttpStatusCode status, string body, params (string Name, string Value)[] headers) => _ =>
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    };

    public static Func<HttpRequestMessage, HttpResponseMessage> CutOff() => _ => throw new HttpRequestException("the connection was closed");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        asked.Add((request.Method.Method, request.RequestUri!.AbsoluteUri, request.Headers.Authorization?.Parameter, request.Headers.IfNoneMatch.ToString() is { Length: > 0 } tag ? tag : null, body));
        return answers[Math.Min(asked.Count, answers.Length) - 1](request);
    }
}

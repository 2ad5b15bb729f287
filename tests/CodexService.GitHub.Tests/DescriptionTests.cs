using CodexService.Testing.GitHub;

namespace CodexService.GitHub.Tests;

/// <summary>The emulator finds what GitHub's description does not allow: else nothing that is sent to it would prove anything.</summary>
[Collection(EmulatorTests.Name)]
public sealed class DescriptionTests(EmulatorFixture emulator)
{
    private const string Labels = "repos/acme/site/labels";
    private const string Reviews = "repos/acme/site/pulls/9999/reviews";

    [Theory]
    [InlineData(Labels, """{"name":"a","colour":"ff0000"}""", "there is no field colour")]
    [InlineData(Labels, """{"name":7}""", "data/name must be string")]
    [InlineData(Labels, """{"color":"ff0000"}""", "data must have required property 'name'")]
    [InlineData(Labels, "", "the body is missing")]
    [InlineData(Labels, "name", "the body is no JSON: ")]
    [InlineData(Reviews, """{"event":"COMMENT","comments":[{"path":"a","body":"b","line":1,"lines":2}]}""", "there is no field comments.lines")]
    [InlineData("repos/acme/site/label", """{"name":"a"}""", "there is no such operation")]
    public Task Check_BodyThatDoesNotFit_IsAViolation(string path, string body, string violation) => IsViolationAsync(HttpMethod.Post, path, "", body, violation);

    [Fact]
    public Task Check_ParameterThatDoesNotFit_IsAViolation() => IsViolationAsync(HttpMethod.Get, Labels, "?page=1&colour=red", null, "there is no query parameter colour");

    [Fact]
    public async Task Check_WhatFits_IsNone()
    {
        await SendAsync(HttpMethod.Post, Labels, """{"name":"fits","color":"ff0000"}""");

        Assert.Empty(await emulator.Control.ForgiveAsync(HttpMethod.Post, $"/{Labels}"));
    }

    private async Task IsViolationAsync(HttpMethod method, string path, string query, string? body, string violation)
    {
        await SendAsync(method, path + query, body);

        Assert.StartsWith($"{method} /{path}: {violation}", Assert.Single(await emulator.Control.ForgiveAsync(method, $"/{path}")), StringComparison.Ordinal);
        Assert.Empty(await emulator.Control.ForgiveAsync(method, $"/{path}"));
    }

    private async Task SendAsync(HttpMethod method, string path, string? body)
    {
        using var http = new HttpClient { BaseAddress = emulator.Api };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        using var answer = await http.SendAsync(request);
    }
}

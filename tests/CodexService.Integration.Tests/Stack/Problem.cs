namespace CodexService.Integration.Tests.Stack;

/// <summary>Problem details (RFC 9457) as the API answers them.</summary>
internal sealed record Problem(string Title, int Status, Dictionary<string, string[]>? Errors = null);

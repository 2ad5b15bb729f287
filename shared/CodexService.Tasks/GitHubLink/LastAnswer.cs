namespace CodexService.Tasks.GitHubLink;

/// <summary>When GitHub answered the question whose the credentials are.</summary>
public enum LastAnswer
{
    /// <summary>It has not, with these credentials.</summary>
    Never,

    /// <summary>When it is known to have; it has not since.</summary>
    Earlier,

    /// <summary>Right now.</summary>
    Now,
}

namespace CodexService.Tasks.Origins;

/// <summary>An account on the forge that asked for something.</summary>
/// <param name="Login">Its login at that moment.</param>
/// <param name="Id">Its id, which a new login does not change; <see langword="null"/> when the forge did not tell it.</param>
public sealed record ForgeAccount(string Login, long? Id);

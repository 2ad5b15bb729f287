using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace CodexService.Api.Tasks;

/// <summary>Reads a query, of a list above all, or says what is wrong with it.</summary>
internal static class Paging
{
    public static bool TryReadLimit(int? limit, out int size, [NotNullWhen(false)] out IResult? problem, int most = 200)
    {
        size = limit ?? 50;
        problem = size >= 1 && size <= most ? null : Bad($"limit has to be from 1 to {most}.");
        return problem is null;
    }

    public static bool TryReadState<TState>(string? text, out TState? state, [NotNullWhen(false)] out IResult? problem, string parameter = "state")
        where TState : struct, Enum
    {
        state = null;
        problem = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        foreach (var known in Enum.GetValues<TState>())
        {
            if (string.Equals(Name(known), text, StringComparison.OrdinalIgnoreCase))
            {
                state = known;
                return true;
            }
        }

        problem = Bad($"{parameter} is one of {string.Join(", ", Enum.GetValues<TState>().Select(Name))}.");
        return false;
    }

    private static string Name<TState>(TState state)
        where TState : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    public static IResult BadCursor() => Bad("cursor is not one that this list gave out; start again without it.");

    private static IResult Bad(string title) => Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: title);
}

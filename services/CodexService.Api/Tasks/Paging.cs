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

    /// <summary>One of the names of <typeparamref name="T"/>, in any case; <see langword="null"/> for none given.</summary>
    public static bool TryReadChoice<T>(string? text, out T? choice, [NotNullWhen(false)] out IResult? problem, string parameter = "state")
        where T : struct, Enum
    {
        choice = null;
        problem = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        foreach (var known in Enum.GetValues<T>())
        {
            if (string.Equals(Name(known), text, StringComparison.OrdinalIgnoreCase))
            {
                choice = known;
                return true;
            }
        }

        problem = Bad($"{parameter} is one of {string.Join(", ", Enum.GetValues<T>().Select(Name))}.");
        return false;
    }

    private static string Name<T>(T choice)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString());

    public static IResult BadCursor() => Bad("cursor is not one that this list gave out; start again without it.");

    private static IResult Bad(string title) => Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: title);
}

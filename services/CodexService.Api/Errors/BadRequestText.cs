using System.Text.Json;
using System.Text.RegularExpressions;

namespace CodexService.Api.Errors;

/// <summary>Says in one line what was wrong with a request that could not be read; the framework's own words name our types.</summary>
internal static partial class BadRequestText
{
    public static string Of(BadHttpRequestException bad)
    {
        if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return "The body is too large; at most 30 MB are taken.";
        }

        if (bad.InnerException is JsonException json)
        {
            return OfJson(json);
        }

        if (Parameter().Match(bad.Message) is { Success: true } parameter)
        {
            return $"{parameter.Groups["name"].Value} cannot be \"{parameter.Groups["value"].Value}\".";
        }

        return bad.Message.Contains("was not provided from body", StringComparison.Ordinal)
            ? "The body is missing; send JSON."
            : "The request cannot be read; send it as the OpenAPI document at /openapi/v1.json describes it.";
    }

    private static string OfJson(JsonException json)
    {
        var where = json.Path is { Length: > 0 } path ? path : "$";
        if (UnknownField().Match(json.Message) is { Success: true } field)
        {
            return $"There is no field \"{field.Groups["name"].Value}\" here; look for a typing error (at {where}).";
        }

        // "'x' is an invalid start of a value. Path: … | LineNumber: 0 | BytePositionInLine: 3."
        var reason = json.Message.Split([" Path:", " LineNumber:"], 2, StringSplitOptions.None)[0].TrimEnd('.');
        return reason.Contains("could not be converted", StringComparison.Ordinal)
            ? $"The body is not the JSON that is expected here: the value at {where} is of another kind or none of those allowed."
            : $"The body is not JSON: {reason} (at {where}).";
    }

    [GeneratedRegex("parameter \"\\S+ (?<name>\\w+)\" from \"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();

    [GeneratedRegex("JSON property '(?<name>[^']*)' could not be mapped", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownField();
}

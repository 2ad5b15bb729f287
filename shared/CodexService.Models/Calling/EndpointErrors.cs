using System.Text.RegularExpressions;
using CodexService.Models.Configuration;
using CodexService.Models.Providers;

namespace CodexService.Models.Calling;

/// <summary>Tells the failures of endpoints apart, and says them in one line: which model, what was wrong, what to do.</summary>
internal static partial class EndpointErrors
{
    /// <summary>Whether the same request may succeed a little later.</summary>
    public static bool IsPassing(Exception e) => e switch
    {
        HttpRequestException or EndpointException { Fault: EndpointFault.Broken or EndpointFault.Silent } => true,
        EndpointException { Fault: EndpointFault.Status } told => IsPassingStatus(told.Status) && !IsContext(told) && !IsAboutTools(told) && !IsAboutAlternation(told) && !IsAboutSystemRole(told) && !IsQuota(told),
        _ => false,
    };

    /// <summary>Whether the endpoint refused because of the tools: vLLM, SGLang, llama.cpp, Ollama, LM Studio and gateways.</summary>
    public static bool IsAboutTools(Exception e) => e is EndpointException { Fault: EndpointFault.Status, Status: >= 400 and not (401 or 403 or 429) } && ToolsRefused().IsMatch(e.Message);

    /// <summary>Whether the endpoint refused because of the temperature, as some reasoning models do.</summary>
    public static bool IsAboutTemperature(Exception e) =>
        e is EndpointException { Fault: EndpointFault.Status, Status: 400 or 422 } && e.Message.Contains("temperature", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the model's chat template refused because user and assistant do not come in turn.</summary>
    public static bool IsAboutAlternation(Exception e) =>
        e is EndpointException { Fault: EndpointFault.Status, Status: 400 or 422 or 500 } && NotInTurn().IsMatch(e.Message);

    /// <summary>Whether the model's chat template knows no system message.</summary>
    public static bool IsAboutSystemRole(Exception e) =>
        e is EndpointException { Fault: EndpointFault.Status, Status: 400 or 422 or 500 } && SystemRefused().IsMatch(e.Message);

    /// <summary>The failure for people.</summary>
    public static ModelException Explain(ModelOptions model, Exception e, ModelsOptions limits)
    {
        var who = $"Model \"{model.Name}\" ({model.Model} at {model.Url})";
        return e switch
        {
            EndpointException told => Explain(model, who, told, limits),
            HttpRequestException http => new ModelException(
                ModelFailure.Unreachable,
                http.HttpRequestError == HttpRequestError.NameResolutionError
                    ? $"{who} cannot be found: the host name {model.Url.Host} does not resolve. Correct {model.UrlSetting}, or see this machine's DNS settings."
                    : $"{who} does not answer: {EndpointHandler.OneLine(http.Message, model.Key)}. Start the endpoint or correct {model.UrlSetting}."),
            _ => new ModelException(ModelFailure.Garbled, $"{who} answered something that is not in the protocol ({e.GetType().Name}). Check that {model.UrlSetting} is the API's base address."),
        };
    }

    /// <summary>The prompt is larger than the model was said to take.</summary>
    public static ModelException TooLong(ModelOptions model, int prompt) => new(
        ModelFailure.ContextTooSmall,
        $"Model \"{model.Name}\" ({model.Model} at {model.Url}) takes {model.ContextTokens} tokens, the prompt has about {prompt}. Serve it with a longer context and raise {model.ContextSetting}, or choose a model that takes more.");

    /// <summary>The endpoint refused the prompt for its length.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="prompt">Tokens of the prompt as counted here.</param>
    /// <param name="context">What the model takes, when somebody says.</param>
    /// <param name="said">What the endpoint said.</param>
    public static ModelException TooLong(ModelOptions model, int prompt, int? context, string said)
    {
        var takes = context is { } tokens ? $"takes {tokens} tokens, the prompt has about {prompt}" : $"takes fewer tokens than the prompt's about {prompt}";
        return new(ModelFailure.ContextTooSmall, $"Model \"{model.Name}\" ({model.Model} at {model.Url}) {takes}: {said.TrimEnd('.')}. Serve it with a longer context and set {model.ContextSetting}, or choose a model that takes more.");
    }

    // Without its version the address of most servers answers with a page or 404.
    private static string AddressHint(ModelOptions model) => model.Provider == ModelProvider.OpenAI && !model.Url.AbsolutePath.Contains("/v1", StringComparison.Ordinal)
        ? $"Is {model.UrlSetting} missing /v1 at its end?"
        : $"Correct {model.UrlSetting}; it has to be the API's base address, which most often ends in /v1.";

    private static ModelException Explain(ModelOptions model, string who, EndpointException e, ModelsOptions limits)
    {
        var said = e.Message.TrimEnd('.');
        return e.Fault switch
        {
            EndpointFault.NotAnApi => new(ModelFailure.Unreachable, $"{who} is not a model's API: {said}. {AddressHint(model)}"),
            EndpointFault.Silent => new(ModelFailure.Silent, $"{who} went silent: {said} within {limits.FirstTokenTimeout.TotalSeconds:0.#} s. See whether the endpoint is overloaded, or raise Models:FirstTokenTimeout."),
            EndpointFault.Broken => new(ModelFailure.Garbled, $"{who} broke off or garbled its answer: {said}. See the endpoint's log."),
            EndpointFault.TooLarge => new(ModelFailure.Garbled, $"{who} sent an answer over the limit: {said}. Set MaxOutputTokens for this model, or raise Models:LongestAnswer."),
            _ => Status(model, who, said, e),
        };
    }

    private static ModelException Status(ModelOptions model, string who, string said, EndpointException e) => e switch
    {
        { Status: 401 or 403 } => new(ModelFailure.Unauthorized, model.Key is null
            ? $"{who} wants a key ({e.Status}): set {model.KeySetting}."
            : $"{who} refused the key ({e.Status}: {said}): correct {model.KeySetting}."),
        _ when IsContext(e) => new(ModelFailure.ContextTooSmall, $"{who} takes fewer tokens than the prompt has: {said}. Serve it with a longer context, or choose a model that takes more."),
        { Status: 404 } => said.Contains("model", StringComparison.OrdinalIgnoreCase)
            ? new(ModelFailure.UnknownModel, $"{who} is not known there ({said}): correct {model.ModelSetting}; ./codex doctor lists what the endpoint serves.")
            : new(ModelFailure.Unreachable, $"{who} is not a model's API: 404, {said}. {AddressHint(model)}"),
        _ when UnknownModel().IsMatch(said) => new(ModelFailure.UnknownModel, $"{who} is not known there ({said}): correct {model.ModelSetting}; ./codex doctor lists what the endpoint serves."),
        _ when IsQuota(e) => new(ModelFailure.Refused, $"{who} refused for lack of credit ({e.Status}: {said}). Top up the account, or choose another model."),
        { Status: 408 or 425 or 429 or >= 500 } => new(ModelFailure.Overloaded, $"{who} is overloaded or failing ({e.Status}: {said}). Try again later, or name another model in Models:Fallback."),
        _ => new(ModelFailure.Refused, $"{who} refused the request ({e.Status}: {said}). Check the model's settings."),
    };

    private static bool IsPassingStatus(int status) => status is 408 or 425 or 429 or (>= 500 and not 501 and not 505);

    private static bool IsContext(EndpointException e) => e.Status == 413 || (e.Status is >= 400 and not (401 or 403 or 404 or 429) && ContextExceeded().IsMatch(e.Message));

    private static bool IsQuota(EndpointException e) => e.Status == 402 || (e.Status is 400 or 429 && Quota().IsMatch(e.Message));

    // OpenAI and vLLM "maximum context length", code context_length_exceeded; vLLM "longer than the maximum model length";
    // llama.cpp "exceeds the available context size", type exceed_context_size_error; SGLang "longer than the model's context length";
    // Anthropic "prompt is too long", "exceed context limit"; LM Studio "context overflow", "greater than the context length"; Gemini "maximum number of tokens".
    [GeneratedRegex(
        "maximum context length|context_length_exceeded|maximum model length|(exceeds? the )?available context size|exceed_context_size|context length|prompt is too long|exceed context limit|context overflow|context window|maximum number of tokens",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex ContextExceeded();

    [GeneratedRegex(
        "enable-auto-tool-choice|tool-call-parser|requires? --jinja|(not|n't) support (the )?(tool|function)|support tool use|tools?\\b.*(not (supported|allowed|permitted|available)|unsupported|unrecognized|unknown|extra (inputs|fields))|only user.{0,40}assistant roles|(unsupported|unrecognized|unknown|extra (inputs|fields)).*\\btools?\\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex ToolsRefused();

    // Chat templates: Mistral's "conversation roles must alternate user/assistant/...", Gemma's and Llama 2's "Conversation roles must
    // alternate"; gateways "consecutive messages", "two user messages in a row".
    [GeneratedRegex("must\\s+alternate|alternate (between )?user|consecutive .{0,40}(user|role|message)|(user )?messages in a row", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex NotInTurn();

    // Gemma's "System role not supported" and alike.
    [GeneratedRegex("system (role|message|prompt)s? (is |are )?(not|un)\\s?(supported|allowed)|not support .{0,20}system (role|message|prompt)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex SystemRefused();

    [GeneratedRegex("model_not_found|unknown model|invalid model|model .{0,120}(not found|does not exist)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownModel();

    [GeneratedRegex("insufficient_quota|credit balance|billing", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Quota();
}

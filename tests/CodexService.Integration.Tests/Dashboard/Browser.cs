using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace CodexService.Integration.Tests.Dashboard;

/// <summary>A real Chromium. Its pages collect what the console reports as an error and what the content security policy stopped.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly ConcurrentQueue<string> complaints = new();

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    /// <summary>Console errors, uncaught exceptions and policy violations of all pages.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    public static async Task<Browser> StartAsync()
    {
        var driver = await Playwright.CreateAsync();
        try
        {
            return new Browser(driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = FindChromium(),
                Headless = true,
                Timeout = 180_000,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                ],
            }));
        }
        catch
        {
            driver.Dispose();
            throw;
        }
    }

    /// <summary>A page with cookies and storage of its own.</summary>
    public async Task<IPage> OpenAsync(int width = 1280, int height = 900)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
        context.SetDefaultTimeout(120_000);
        var page = await context.NewPageAsync();
        await page.ExposeFunctionAsync("reportViolation", (string text) => complaints.Enqueue($"content security policy: {text}"));
        await page.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', e => reportViolation(`${e.violatedDirective} ${e.blockedURI}`))");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Enqueue($"console: {message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => complaints.Enqueue($"uncaught: {error}");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }

    private static string FindChromium() =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM_PATH"), "/usr/bin/chromium" }
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').SelectMany(folder =>
                new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is not installed: run ./codex test, which sets it up, or set CHROMIUM_PATH.");
}

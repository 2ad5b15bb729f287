using CodexService.Testing.ScriptedModels;
using static CodexService.Agent.Tests.Repositories.Move;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>Repositories in C#, for the image with the .NET SDK: with xunit as one project and as a solution, and without any package.</summary>
internal static class CSharpRepositories
{
    private const string DotnetTest = "dotnet test --nologo";

    // The SDK's and xunit's own analyzers cost more than everything else about so small a project.
    private const string XunitProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <RunAnalyzers>false</RunAnalyzers>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
            <PackageReference Include="xunit" Version="2.9.3" />
            <PackageReference Include="xunit.runner.visualstudio" Version="3.1.5" />
            <Using Include="Xunit" />
          </ItemGroup>
        </Project>
        """;

    private const string PlainProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <RunAnalyzers>false</RunAnalyzers>
          </PropertyGroup>
        </Project>
        """;

    public static IReadOnlyList<SmallRepository> All { get; } =
    [
        new("csharp-failing-edit", DotnetTest, NativeTools: true)
        {
            Files =
            [
                ("Prices.csproj", XunitProject),
                ("Discount.cs", "namespace Prices;\n\npublic static class Discount\n{\n    public static decimal Of(decimal price, int percent) => price - percent;\n}\n"),
                ("DiscountTests.cs", "namespace Prices;\n\npublic class DiscountTests\n{\n    [Fact]\n    public void Half() => Assert.Equal(20m, Discount.Of(40m, 50));\n\n    [Theory]\n    [InlineData(10)]\n    [InlineData(99)]\n    public void Nothing(int price) => Assert.Equal(price, Discount.Of(price, 0));\n}\n"),
            ],
            Task = "`Discount.Of` takes the percentage off as if it were an amount.",
            Prompted = "Discount.cs",
            Moves =
            [
                View("Discount.cs", "5|    public static decimal Of"),
                Edit("Discount.cs", "price - (percent)", "price - (price * percent / 100)", "old is not in the file"),
                Edit("Discount.cs", "price - percent;", "price - (price * percent / 100);", "Edited Discount.cs at line 5"),
                RunTests("exit code 0; 3 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["Discount.cs"],
            Patched = "+    public static decimal Of(decimal price, int percent) => price - (price * percent / 100);\n",
        },
        new("csharp-syntax-error", DotnetTest, NativeTools: false)
        {
            Files =
            [
                (".gitignore", "bin/\nobj/\n"),
                ("Texts.csproj", XunitProject),
                ("Slug.cs", "namespace Texts;\n\npublic static class Slug\n{\n    public static string Of(string title)\n    {\n        return title.Replace(' ', '-');\n    }\n}\n"),
                ("SlugTests.cs", "namespace Texts;\n\npublic class SlugTests\n{\n    [Fact]\n    public void Words() => Assert.Equal(\"two-words\", Slug.Of(\"Two Words\"));\n\n    [Fact]\n    public void Word() => Assert.Equal(\"one\", Slug.Of(\"one\"));\n}\n"),
            ],
            Task = "Slugs have to be in lower case.",
            Prompted = "<call name=",
            Moves =
            [
                RunTests("exit code 1; 1 passed, 1 failed; failing: Texts.SlugTests.Words"),
                Edit("Slug.cs", "return title.Replace(' ', '-');", "return title.Replace(' ', '-').ToLowerInvariant()", "would no longer parse, so nothing was changed: line 7: CS1002"),
                Edit("Slug.cs", "return title.Replace(' ', '-');", "return title.Replace(' ', '-').ToLowerInvariant();", "Edited Slug.cs at line 7"),
                Submit("Files changed after the last run of the tests"),
                Call("run_tests", new { tests = "SlugTests" }, "exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["Slug.cs"],
            Patched = "+        return title.Replace(' ', '-').ToLowerInvariant();\n",
        },
        new("csharp-wrong-file", DotnetTest, NativeTools: true)
        {
            Files =
            [
                ("Stock.slnx", "<Solution>\n  <Project Path=\"src/Stock.csproj\" />\n  <Project Path=\"tests/Stock.Tests.csproj\" />\n</Solution>\n"),
                ("src/Stock.csproj", PlainProject),
                ("src/Shelf.cs", "namespace Stock;\n\npublic sealed class Shelf(int capacity)\n{\n    public int Free { get; private set; } = capacity;\n\n    public bool Put(int items) => Counter.Fits(items, Free) && (Free -= items) >= 0;\n}\n"),
                ("src/Counter.cs", "namespace Stock;\n\npublic static class Counter\n{\n    public static bool Fits(int items, int free) => items < free;\n}\n"),
                ("tests/Stock.Tests.csproj", XunitProject.Replace("  <ItemGroup>\n", "  <ItemGroup>\n    <ProjectReference Include=\"../src/Stock.csproj\" />\n", StringComparison.Ordinal)),
                ("tests/ShelfTests.cs", "namespace Stock.Tests;\n\npublic class ShelfTests\n{\n    [Fact]\n    public void Full() => Assert.True(new Shelf(3).Put(3));\n\n    [Fact]\n    public void TooMuch() => Assert.False(new Shelf(3).Put(4));\n}\n"),
            ],
            Task = "A shelf cannot be filled up to its capacity.",
            Prompted = "src/Shelf.cs",
            Moves =
            [
                View("src/Shelves.cs", "src/Shelves.cs does not exist; paths are relative to the repository root. Did you mean: src/Shelf.cs?"),
                Edit("src/Shelf.cs", "(Free -= items) >= 0", "(Free -= items) >= -1", "Edited src/Shelf.cs at line 7"),
                RunTests("1 passed, 1 failed; failing: Stock.Tests.ShelfTests.Full"),
                Shell("git checkout -q src/Shelf.cs && git status --short", "exit code 0"),
                Edit("src/Counter.cs", "items < free", "items <= free", "Edited src/Counter.cs at line 5"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["src/Counter.cs"],
            Patched = "+    public static bool Fits(int items, int free) => items <= free;\n",
        },
        new("csharp-repeated-call", "dotnet run", NativeTools: false)
        {
            Files =
            [
                ("Clock.csproj", PlainProject.Replace("<TargetFramework>", "<OutputType>Exe</OutputType>\n    <TargetFramework>", StringComparison.Ordinal)),
                ("Clock.cs", "namespace Time;\n\npublic static class Clock\n{\n    public static int Minutes(int hours, int minutes) => hours * 24 + minutes;\n}\n"),
                ("Program.cs", "using Time;\n\nif (Clock.Minutes(2, 5) != 125)\n{\n    Console.Error.WriteLine($\"two hours and five minutes are {Clock.Minutes(2, 5)} minutes\");\n    return 1;\n}\n\nreturn 0;\n"),
            ],
            Task = "2:05 has to be 125 minutes.",
            Prompted = "Clock.cs",
            Moves =
            [
                View("Clock.cs", "5|    public static int Minutes"),
                View("Clock.cs", "5|    public static int Minutes"),
                View("Clock.cs", "5|    public static int Minutes"),
                View("Clock.cs", "You are going in circles: the same call with the same result 4 times: view Clock.cs"),
                Write("Clock.cs", "namespace Time;\n\n// ... rest of the file unchanged\n", "content leaves text out"),
                Edit("Clock.cs", "hours * 24 + minutes", "(hours * 60) + minutes", "Edited Clock.cs at line 5"),
                RunTests("exit code 0"),
                Submit(),
            ],
            Changed = ["Clock.cs"],
            Patched = "+    public static int Minutes(int hours, int minutes) => (hours * 60) + minutes;\n",
        },
    ];
}

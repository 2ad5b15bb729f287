using System.ComponentModel;
using System.Globalization;

namespace CodexService.Sandbox;

/// <summary>A number of bytes in configuration: <c>4GiB</c>, <c>512 MiB</c>, <c>64k</c> or plain bytes. Units are powers of 1024.</summary>
/// <param name="Bytes">The number.</param>
[TypeConverter(typeof(ByteSizeConverter))]
public readonly record struct ByteSize(long Bytes)
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Reads a size as people write it.</summary>
    /// <exception cref="FormatException">The message shows how a size is written.</exception>
    public static ByteSize Parse(string text)
    {
        var trimmed = text.Trim();
        var digits = trimmed.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = trimmed[digits..].Trim().TrimEnd('b', 'B').TrimEnd('i', 'I').ToUpperInvariant();
        var power = unit switch { "" => 0, "K" => 1, "M" => 2, "G" => 3, "T" => 4, _ => -1 };
        if (power < 0
            || !decimal.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue >> (10 * power))
        {
            throw new FormatException($"'{text}' is no size: write for example 4GiB, 512MiB or a number of bytes");
        }

        return new ByteSize((long)(number * (1L << (10 * power))));
    }

    /// <summary>The shortest exact or nearly exact way to write a size for people.</summary>
    public static string Format(long bytes)
    {
        var unit = 0;
        decimal number = bytes;
        while (Math.Abs(number) >= 1024 && unit < Units.Length - 1)
        {
            number /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{number:0.##} {Units[unit]}");
    }

    /// <inheritdoc />
    public override string ToString() => Format(Bytes);
}

/// <summary>Lets configuration binding read a <see cref="ByteSize"/>.</summary>
internal sealed class ByteSizeConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? ByteSize.Parse(text) : base.ConvertFrom(context, culture, value);
}
